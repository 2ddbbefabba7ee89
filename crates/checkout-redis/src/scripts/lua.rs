//! How a script is called.

use redis::aio::ConnectionLike;
use redis::{Cmd, ErrorKind, RedisResult, Script, ServerErrorKind};

/// A script, and the hash by which Redis remembers it.
pub(crate) struct Lua {
    pub(crate) name: &'static str,
    code: &'static str,
    hash: String,
}

impl Lua {
    pub(crate) fn new(name: &'static str, code: &'static str) -> Self {
        let hash = Script::new(code).get_hash().to_owned();
        Self { name, code, hash }
    }

    /// Gives it to Redis; in a Cluster, to every master.
    pub(crate) async fn load<C: ConnectionLike>(&self, connection: &mut C) -> RedisResult<()> {
        redis::cmd("SCRIPT")
            .arg("LOAD")
            .arg(self.code)
            .query_async(connection)
            .await
    }

    pub(crate) fn call(&self) -> Call<'_> {
        Call {
            lua: self,
            keys: Vec::new(),
            args: Vec::new(),
        }
    }
}

/// A script with its keys and arguments.
pub(crate) struct Call<'a> {
    lua: &'a Lua,
    keys: Vec<String>,
    args: Vec<String>,
}

impl Call<'_> {
    pub(crate) fn key(mut self, key: String) -> Self {
        self.keys.push(key);
        self
    }

    pub(crate) fn keys(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.keys.extend(keys);
        self
    }

    pub(crate) fn arg(mut self, arg: impl ToString) -> Self {
        self.args.push(arg.to_string());
        self
    }

    /// Runs it. A Redis that forgot the script is sent all of it, in the one command: loading it and calling it again
    /// could meet a Redis that forgot it once more, or another node.
    pub(crate) async fn send<C: ConnectionLike>(&self, connection: &mut C) -> RedisResult<Vec<String>> {
        let answer = self.command("EVALSHA", &self.lua.hash).query_async(connection).await;
        match answer {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.command("EVAL", self.lua.code).query_async(connection).await
            }
            answer => answer,
        }
    }

    fn command(&self, verb: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(verb);
        command.arg(script).arg(self.keys.len()).arg(&self.keys).arg(&self.args);
        command
    }
}
