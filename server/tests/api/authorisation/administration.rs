//! The administration, which is there with a password alone, and the metrics, at an address of their own.

use reqwest::StatusCode;
use server::router;
use server::security::inventory::{ADMIN_DOORS, Access, DOORS, Door, METRICS_DOORS};
use server::telemetry::metrics_service;

use super::{METHODS, addresses, assert_declared, opened};
use crate::admin::{Placed, admin, shop_with_admin};
use crate::support::Visitor;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_01_every_address_of_the_administration_and_of_the_metrics_is_declared() {
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
    let app = opened(&["--admin-password-hash", hash]).await;
    let mut there = addresses(&metrics_service(app.clone()));
    // Every router prints it, for where there is nothing; that there is none is asked by `se_32`.
    there.remove("/");
    assert_declared(&there, &[METRICS_DOORS]);
    assert_declared(&addresses(&router::rooms(app)), &[DOORS, ADMIN_DOORS]);
}

/// Status and text of an answer about this order.
async fn ask(visitor: &Visitor, door: &Door, order: &str) -> (StatusCode, String) {
    let path = door.path.replace("{id}", order);
    let asked = visitor.by(door.method, &path);
    let asked = if door.method == "POST" {
        asked.form(&[("password", "not the password")])
    } else {
        asked
    };
    let answer = asked.send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_01_behind_the_way_in_only_the_administration_learns_whether_there_is_an_order() {
    let shop = shop_with_admin().await;
    let placed = Placed::in_shop(&shop).await;
    let account = shop.visitor();
    account.enter("/register", "grace@example.org").await;
    let strangers = [shop.visitor(), placed.shopper.clone(), account];
    let admin = admin(&shop).await;
    let missing = uuid::Uuid::nil().to_string();
    for door in ADMIN_DOORS {
        let orders = if door.path.contains("{id}") {
            vec![placed.id(), missing.as_str()]
        } else {
            vec![missing.as_str()]
        };
        let mut told = Vec::new();
        for stranger in &strangers {
            for order in &orders {
                told.push(ask(stranger, door, order).await);
            }
        }
        assert!(
            told.iter().all(|answer| answer.0.as_u16() == door.otherwise),
            "{door:?}: {told:?}"
        );
        if door.access == Access::Admin {
            assert!(told.iter().all(|answer| *answer == told[0]), "{door:?}: {told:?}");
        }
        let (status, _) = ask(&admin, door, placed.id()).await;
        assert_eq!(status.as_u16(), door.answer, "{door:?}");
        if orders.len() == 2 {
            let (status, _) = ask(&admin, door, &missing).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{door:?}");
        }
        eprintln!(
            "{:6} {:42} {:?} {status} {}",
            door.method, door.path, door.access, door.otherwise
        );
    }
    assert_eq!(shop.count_orders().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn se_37_the_administration_takes_only_declared_methods() {
    let shop = shop_with_admin().await;
    let admin = admin(&shop).await;
    for door in ADMIN_DOORS {
        let declared = |method: &str| {
            let same = |other: &&Door| other.path == door.path && other.method == method;
            ADMIN_DOORS.iter().find(same).is_some()
        };
        let path = door.path.replace("{id}", &uuid::Uuid::nil().to_string());
        for method in METHODS.into_iter().filter(|method| !declared(method)) {
            let answer = admin.by(method, &path).send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
    assert_eq!(
        admin.get("/admin").await.status(),
        StatusCode::OK,
        "nothing logged it out"
    );
}
