//! `crash nginx`: shoppers buy through nginx, which sends a submission to the other server when the first one dies. One of
//! the two is killed in the middle of a submission, at every step of the protocol in turn.

use std::time::Duration;

use tokio::time::Instant;

use crate::books::Dialect;
use crate::crowd::{Bases, Crowd};
use crate::nginx::Nginx;
use crate::port::free_port;
use crate::report::Report;
use crate::server::{Server, Setup, fail_points};
use crate::shopper::GATEWAY;
use crate::stage::{Services, Stage};

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How often each step.
    pub rounds: usize,
    /// Every so-many-th step only.
    pub every: usize,
    /// How many shoppers buy at once.
    pub shoppers: u64,
}

/// How long a submission may take to come to the step.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs it.
pub async fn run(services: &Services, options: Options) -> anyhow::Result<Report> {
    let mut stage = services.stage(Dialect::Postgres).await?;
    stage.sent_again = true;
    let ports = [free_port()?, free_port()?];
    let points: Vec<_> = fail_points().await?.into_iter().step_by(options.every).collect();
    let mut pair = Pair {
        servers: [
            Server::start(&setup(&stage, ports[0], None)).await?,
            Server::start(&setup(&stage, ports[1], None)).await?,
        ],
        stage,
        ports,
        report: Report::default(),
    };
    let nginx = Nginx::start(ports).await?;
    let bases = Bases::new(vec![nginx.base.clone()]);
    let crowd = Crowd::open(&pair.stage.history, &bases, options.shoppers, 1)?;
    let (begun, mut kills) = (Instant::now(), 0);
    for round in 0..options.rounds {
        for point in &points {
            kills += usize::from(pair.kill_one(round % 2, point).await?);
        }
    }
    let known = crowd.orders();
    pair.report.violations_of("nginx", crowd.close(PATIENCE).await?);
    for server in &pair.servers {
        pair.stage.keep_log(server);
    }
    let Pair { stage, mut report, .. } = pair;
    report.violations_of("nginx", stage.violations().await?);
    let (orders, again) = (stage.books().await?.orders.len(), nginx.sent_again()?);
    report.must(
        orders >= known && known > 0,
        format!("{orders} orders, shoppers know of {known}"),
    );
    report.must(again > 0, "nginx sent no submission again: this run shows nothing");
    let unanswered = stage.history.events().into_iter();
    let unanswered = unanswered.filter(|event| event.status.as_ref().is_some_and(|status| status.1 == GATEWAY));
    report.says(format!("{} answers of nginx itself (502)", unanswered.count()));
    report.says(format!(
        "{} steps, {kills} kills in the middle of a submission, {again} submissions sent again by nginx, {orders} orders",
        points.len()
    ));
    report.says(format!("{:.0} s", begun.elapsed().as_secs_f64()));
    Ok(report)
}

struct Pair {
    stage: Stage,
    ports: [u16; 2],
    servers: [Server; 2],
    report: Report,
}

impl Pair {
    /// Starts this server anew, kills it when a submission has come to this step, and starts it again; whether one came.
    async fn kill_one(&mut self, place: usize, point: &str) -> anyhow::Result<bool> {
        self.restart(place, Some(point)).await?;
        let reached = self.servers[place].reached(point, PATIENCE / 3).await;
        self.restart(place, None).await?;
        Ok(reached)
    }

    async fn restart(&mut self, place: usize, point: Option<&str>) -> anyhow::Result<()> {
        self.servers[place].kill().await?;
        self.stage.keep_log(&self.servers[place]);
        self.servers[place] = Server::start(&setup(&self.stage, self.ports[place], point)).await?;
        Ok(())
    }
}

/// nginx knows the servers by their ports.
fn setup(stage: &Stage, port: u16, point: Option<&str>) -> Setup {
    Setup {
        fail_point: point.map(str::to_owned),
        environment: vec![("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}"))],
        ..stage.setup("database")
    }
}
