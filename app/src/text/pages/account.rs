use super::super::{Around, Counted};

/// Logging in, making an account, and looking an order up.
pub(crate) struct Account {
    pub(crate) log_in: &'static str,
    pub(crate) log_in_lead: &'static str,
    pub(crate) log_out: &'static str,
    /// Around the e-mail address.
    pub(crate) logged_in_as: Around,
    pub(crate) register: &'static str,
    pub(crate) register_lead: &'static str,
    pub(crate) create: &'static str,
    pub(crate) not_yet: &'static str,
    pub(crate) already: &'static str,
    pub(crate) password: &'static str,
    pub(crate) password_hint: &'static str,
    pub(crate) look_up: &'static str,
    pub(crate) look_up_lead: &'static str,
    pub(crate) number: &'static str,
    pub(crate) find: &'static str,
    pub(crate) check: &'static str,
    pub(crate) problems: Problems,
}

/// What can be wrong, and what to do.
pub(crate) struct Problems {
    pub(crate) password_missing: &'static str,
    pub(crate) password_short: &'static str,
    pub(crate) password_long: &'static str,
    pub(crate) password_easy: &'static str,
    pub(crate) number_missing: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) taken: &'static str,
    pub(crate) no_order: &'static str,
    /// Around how long to wait.
    pub(crate) throttled: Around,
    pub(crate) seconds: Counted,
    pub(crate) minutes: Counted,
    pub(crate) unavailable: &'static str,
}

pub(crate) const EN: Account = Account {
    log_in: "Log in",
    log_in_lead: "What is in your cart and what you ordered here comes along. You can also buy without an account.",
    log_out: "Log out",
    logged_in_as: Around("You are logged in as ", "."),
    register: "Create an account",
    register_lead: "You find your orders again on every device. You can also buy without an account.",
    create: "Create account",
    not_yet: "No account yet?",
    already: "Have an account already?",
    password: "Password",
    password_hint: "At least 8 characters. Every character is allowed; a short sentence is a good password.",
    look_up: "Find an order",
    look_up_lead: "With its number and the e-mail address you gave.",
    number: "Order number",
    find: "Find",
    check: "Please check these fields.",
    problems: Problems {
        password_missing: "Password: please fill this in.",
        password_short: "Password: please choose at least 8 characters.",
        password_long: "Password: please choose at most 128 characters.",
        password_easy: "Password: please choose one that is harder to guess.",
        number_missing: "Order number: please fill this in.",
        wrong: "We know no account with this e-mail address and this password. Please check both.",
        taken: "There is an account with this e-mail address already. If it is yours, please log in.",
        no_order: "We found no order with this number and this e-mail address. Please check both.",
        throttled: Around("That was tried very often. Please try again in ", "."),
        seconds: Counted {
            one: "second",
            other: "seconds",
        },
        minutes: Counted {
            one: "minute",
            other: "minutes",
        },
        unavailable: "That is not possible just now. Please try again in a moment.",
    },
};

pub(crate) const DE: Account = Account {
    log_in: "Anmelden",
    log_in_lead: "Ihr Warenkorb und was Sie hier bestellt haben, kommt mit. Sie können auch ohne Konto kaufen.",
    log_out: "Abmelden",
    logged_in_as: Around("Sie sind angemeldet als ", "."),
    register: "Konto anlegen",
    register_lead: "Sie finden Ihre Bestellungen auf jedem Gerät wieder. Sie können auch ohne Konto kaufen.",
    create: "Konto anlegen",
    not_yet: "Noch kein Konto?",
    already: "Schon ein Konto?",
    password: "Passwort",
    password_hint: "Mindestens 8 Zeichen. Jedes Zeichen ist erlaubt; ein kurzer Satz ist ein gutes Passwort.",
    look_up: "Bestellung finden",
    look_up_lead: "Mit ihrer Nummer und der E-Mail-Adresse, die Sie angegeben haben.",
    number: "Bestellnummer",
    find: "Finden",
    check: "Bitte prüfen Sie diese Felder.",
    problems: Problems {
        password_missing: "Passwort: Bitte füllen Sie das aus.",
        password_short: "Passwort: Bitte wählen Sie mindestens 8 Zeichen.",
        password_long: "Passwort: Bitte wählen Sie höchstens 128 Zeichen.",
        password_easy: "Passwort: Bitte wählen Sie eines, das schwerer zu erraten ist.",
        number_missing: "Bestellnummer: Bitte füllen Sie das aus.",
        wrong: "Wir kennen kein Konto mit dieser E-Mail-Adresse und diesem Passwort. Bitte prüfen Sie beides.",
        taken: "Mit dieser E-Mail-Adresse gibt es schon ein Konto. Wenn es Ihres ist, melden Sie sich bitte an.",
        no_order: "Wir haben keine Bestellung mit dieser Nummer und dieser E-Mail-Adresse gefunden. Bitte prüfen Sie beides.",
        throttled: Around("Das wurde sehr oft versucht. Bitte versuchen Sie es wieder in ", "."),
        seconds: Counted {
            one: "Sekunde",
            other: "Sekunden",
        },
        minutes: Counted {
            one: "Minute",
            other: "Minuten",
        },
        unavailable: "Das ist gerade nicht möglich. Bitte versuchen Sie es gleich noch einmal.",
    },
};
