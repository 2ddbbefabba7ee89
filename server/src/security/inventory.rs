//! Every address of the shop, who may pass there, and what they are answered. A test compares it with the router, and asks
//! every one of them as each of those who may come.

/// Who may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Whoever comes, and everybody finds the same.
    Anyone,
    /// Whoever comes, and everybody finds what is theirs. Nothing in the address or the form names what is someone's.
    Own,
    /// Whom the thing in the address belongs to. To everybody else it is as if there were no such thing.
    Owner,
    /// Whoever is logged in to the administration. Everybody else is shown the way in, and told of nothing behind it.
    Admin,
}

/// One method of one address.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// How it is asked.
    pub method: &'static str,
    /// The address, as the router has it.
    pub path: &'static str,
    /// Who may pass.
    pub access: Access,
    /// What its owner is answered, or whoever comes.
    pub answer: u16,
    /// What everybody else is answered, and everybody where there is nothing.
    pub otherwise: u16,
}

const fn anyone(method: &'static str, path: &'static str, answer: u16) -> Door {
    door(method, path, Access::Anyone, (answer, answer))
}

const fn own(method: &'static str, path: &'static str, answer: u16) -> Door {
    door(method, path, Access::Own, (answer, answer))
}

const fn owner(method: &'static str, path: &'static str, answers: (u16, u16)) -> Door {
    door(method, path, Access::Owner, answers)
}

const fn admin(method: &'static str, path: &'static str, answer: u16) -> Door {
    door(method, path, Access::Admin, (answer, 403))
}

const fn door(method: &'static str, path: &'static str, access: Access, (answer, otherwise): (u16, u16)) -> Door {
    Door {
        method,
        path,
        access,
        answer,
        otherwise,
    }
}

/// All of the shop.
pub const DOORS: &[Door] = &[
    anyone("GET", "/healthz", 200),
    anyone("GET", "/readyz", 200),
    anyone("GET", "/pkg/{file}", 200),
    anyone("GET", "/pictures/{file}", 200),
    anyone("GET", "/favicon.svg", 200),
    anyone("GET", "/offline.js", 200),
    anyone("GET", "/robots.txt", 200),
    anyone("GET", "/openapi.json", 200),
    anyone("GET", "/docs", 303),
    anyone("GET", "/docs/", 200),
    anyone("GET", "/docs/{file}", 200),
    anyone("GET", "/docs/problems/{code}", 200),
    anyone("GET", "/api/v1/products", 200),
    anyone("GET", "/api/v1/products/{slug}", 200),
    anyone("POST", "/api/v1/sessions", 201),
    own("POST", "/api/v1/carts", 201),
    // By number and e-mail address, as on the page.
    own("POST", "/api/v1/look-ups", 404),
    own("GET", "/", 200),
    own("GET", "/products/{slug}", 200),
    own("GET", "/cart", 200),
    own("GET", "/orders", 200),
    own("GET", "/login", 200),
    own("GET", "/logout", 200),
    own("GET", "/register", 200),
    own("GET", "/offline", 200),
    own("POST", "/cart/lines", 303),
    own("POST", "/cart/lines/{slug}", 303),
    own("POST", "/buy-now", 303),
    own("POST", "/language", 303),
    own("POST", "/login", 422),
    own("POST", "/register", 422),
    own("POST", "/logout", 303),
    // By number and e-mail address, which only the owner knows both.
    own("POST", "/orders", 422),
    owner("GET", "/checkout/{cart}", (200, 404)),
    owner("POST", "/checkout/{cart}/lines/{slug}", (303, 404)),
    owner("GET", "/api/v1/carts/{cart}", (200, 404)),
    owner("PUT", "/api/v1/carts/{cart}/lines/{slug}", (200, 404)),
    owner("DELETE", "/api/v1/carts/{cart}/lines/{slug}", (200, 404)),
    owner("POST", "/api/v1/checkouts", (201, 404)),
    owner("POST", "/api/open_checkout", (200, 404)),
    owner("POST", "/checkout/{cart}", (303, 404)),
    owner("POST", "/api/submit_order", (200, 403)),
    owner("POST", "/api/v1/orders", (200, 403)),
    owner("GET", "/api/v1/orders/{order}", (200, 404)),
    owner("GET", "/api/v1/attempts/{attempt}", (200, 200)),
    owner("GET", "/checkout/status/{digest}", (200, 200)),
    owner("GET", "/api/status/{digest}", (200, 200)),
    owner("GET", "/orders/{id}", (200, 404)),
    owner("POST", "/checkout/{cart}/cancel", (303, 404)),
    // It is ordered by now.
    owner("POST", "/api/v1/carts/{cart}/cancel", (409, 404)),
];

/// The administration's, which are there with a password alone.
pub const ADMIN_DOORS: &[Door] = &[
    admin("GET", "/admin", 200),
    admin("GET", "/admin/orders", 200),
    admin("GET", "/admin/orders/{id}", 200),
    // Without its confirmation.
    admin("POST", "/admin/orders/{id}/cancel", 422),
    admin("POST", "/admin/orders/{id}/refund", 422),
    anyone("GET", "/admin/login", 200),
    // Without the password.
    anyone("POST", "/admin/login", 403),
    anyone("GET", "/admin/style.css", 200),
    admin("POST", "/admin/logout", 303),
];

/// Those of the metrics, at an address of their own: whoever reaches it may read them.
pub const METRICS_DOORS: &[Door] = &[anyone("GET", "/metrics", 200)];
