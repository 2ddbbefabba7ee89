use super::*;
use crate::test_file::TestFile;

#[test]
fn db_21_an_sqlite_that_can_lose_its_log_is_too_old() {
    for old in ["3.51.2", "3.7.17", "2.8", ""] {
        assert!(is_too_old(old), "{old}");
    }
    for new in ["3.51.3", "3.52.0", "4.0.0"] {
        assert!(!is_too_old(new), "{new}");
    }
}

#[test]
fn mu_10_a_file_on_another_machine_is_refused() {
    let refused = refuse_network(Path::new("data/once.db"), |folder| {
        assert_eq!(folder, Path::new("data"));
        Some("NFS")
    });
    let text = refused.expect_err("refused").to_string();
    assert!(
        text.ends_with("data/once.db lies on NFS; move the file to a disk of this machine"),
        "{text}"
    );
    assert!(
        refuse_network(Path::new("once.db"), |folder| (folder != Path::new("."))
            .then_some("NFS"))
        .is_ok()
    );
}

#[tokio::test]
async fn db_22_settings_that_forget_commits_are_refused() {
    let refusal = async |options: SqliteConnectOptions| {
        let mut connection = options.connect().await.expect("connected");
        let refused = check_settings(&mut connection).await.expect_err("refused");
        // Before the next one: nobody leaves the log while others have it.
        connection.close().await.expect("closed");
        refused.to_string()
    };
    let file = TestFile::new();
    let safe = options(&file.url()).expect("an address");
    let unsynced = refusal(safe.clone().synchronous(SqliteSynchronous::Off)).await;
    assert!(unsynced.contains("synchronous is 0"), "{unsynced}");
    let normal = refusal(safe.clone().synchronous(SqliteSynchronous::Normal)).await;
    assert!(normal.contains("synchronous is 1"), "{normal}");
    let journal = refusal(safe.clone().journal_mode(SqliteJournalMode::Memory)).await;
    assert!(journal.contains("its journal is \"memory\""), "{journal}");
}
