//! The pages, one file each. Rendered on the server alone; a page with an island names its scripts.

mod account_form;
mod busy;
mod cart;
mod catalogue;
mod checkout;
mod load;
mod login;
mod not_found;
mod offline;
mod order;
mod orders;
mod parts;
mod product;
mod register;
mod scripts;
mod status;

pub use busy::busy_page;
pub use cart::{BasketLink, CartPage};
pub use catalogue::CataloguePage;
pub use checkout::CheckoutPage;
pub use login::LogInPage;
pub use not_found::NotFoundPage;
pub use offline::OfflinePage;
pub use order::OrderPage;
pub use orders::OrdersPage;
pub use product::ProductPage;
pub use register::RegisterPage;
pub use status::StatusPage;
