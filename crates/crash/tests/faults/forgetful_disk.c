/* A disk that forgets, for a process that is killed: what was not synced is lost.
 *
 * Before each write into a file below $FORGETFUL_FOLDER, what the write changes is kept in FILE.undo; a sync of the file
 * drops that. Whoever killed the process undoes what is kept, last first, and has the file as a loss of power leaves it.
 * With $FORGETFUL_LIES set, a sync is answered and does nothing.
 *
 * SQLite's index of its log (-shm) is memory and no disk, and is left alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static ssize_t real_write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return real(fd, bytes, count);
}

/* Where the undoing of this file is kept; 0 if the file is none of ours. */
static int undo_path(int fd, char *path, size_t size) {
    const char *folder = getenv("FORGETFUL_FOLDER");
    char link[64], file[4096];
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, file, sizeof file - 1);
    if (length <= 0) return 0;
    file[length] = 0;
    if (strncmp(file, folder, strlen(folder)) != 0) return 0;
    if (length > 4 && strcmp(file + length - 4, "-shm") == 0) return 0;
    snprintf(path, size, "%s.undo", file);
    return 1;
}

/* A record: offset, length of what stood there, length of the whole file; then what stood there. */
static void keep(int fd, uint64_t offset, uint64_t count) {
    char path[4352];
    struct stat now;
    if (!undo_path(fd, path, sizeof path) || fstat(fd, &now) != 0) return;
    int undo = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char *record = malloc(24 + count);
    if (undo < 0 || !record) abort();
    ssize_t there = count ? pread(fd, record + 24, count, (off_t)offset) : 0;
    if (there < 0) there = 0;
    uint64_t head[3] = {offset, (uint64_t)there, (uint64_t)now.st_size};
    memcpy(record, head, 24);
    if (real_write(undo, record, 24 + (size_t)there) != 24 + there) abort();
    free(record);
    close(undo);
}

static void forget(int fd) {
    char path[4352];
    if (!getenv("FORGETFUL_LIES") && undo_path(fd, path, sizeof path)) {
        int undo = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
        if (undo >= 0) close(undo);
    }
}

ssize_t write(int fd, const void *bytes, size_t count) {
    off_t offset = lseek(fd, 0, SEEK_CUR);
    if (offset < 0) return real_write(fd, bytes, count);
    pthread_mutex_lock(&lock);
    keep(fd, (uint64_t)offset, count);
    ssize_t written = real_write(fd, bytes, count);
    pthread_mutex_unlock(&lock);
    return written;
}

#define PWRITE(name) \
    ssize_t name(int fd, const void *bytes, size_t count, off_t offset) { \
        REAL(ssize_t, #name, int, const void *, size_t, off_t); \
        pthread_mutex_lock(&lock); \
        keep(fd, (uint64_t)offset, count); \
        ssize_t written = real(fd, bytes, count, offset); \
        pthread_mutex_unlock(&lock); \
        return written; \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define FTRUNCATE(name) \
    int name(int fd, off_t length) { \
        REAL(int, #name, int, off_t); \
        struct stat now; \
        pthread_mutex_lock(&lock); \
        if (fstat(fd, &now) == 0) \
            keep(fd, (uint64_t)length, now.st_size > length ? (uint64_t)(now.st_size - length) : 0); \
        int done = real(fd, length); \
        pthread_mutex_unlock(&lock); \
        return done; \
    }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define SYNC(name) \
    int name(int fd) { \
        REAL(int, #name, int); \
        pthread_mutex_lock(&lock); \
        int done = real(fd); \
        if (done == 0) forget(fd); \
        pthread_mutex_unlock(&lock); \
        return done; \
    }
SYNC(fsync)
SYNC(fdatasync)
