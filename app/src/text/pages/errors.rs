/// What is not here, and what went wrong.
pub(crate) struct Errors {
    pub(crate) not_found_title: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) unavailable_title: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) too_large_title: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) too_often_title: &'static str,
    pub(crate) too_often: &'static str,
    pub(crate) forbidden_title: &'static str,
    pub(crate) forbidden: &'static str,
    pub(crate) not_understood_title: &'static str,
    pub(crate) not_understood: &'static str,
    pub(crate) mistake_title: &'static str,
    pub(crate) mistake: &'static str,
    pub(crate) offline_title: &'static str,
    pub(crate) offline: &'static str,
    pub(crate) try_again: &'static str,
    pub(crate) kept: &'static str,
    pub(crate) look_around: &'static str,
    pub(crate) orders: &'static str,
}

pub(crate) const EN: Errors = Errors {
    not_found_title: "There is nothing here",
    not_found: "The address may be mistyped, or the thing is someone else’s or no longer sold.",
    unavailable_title: "The shop can not answer just now",
    unavailable: "Please try again in a minute. If you were placing an order, your orders show whether it is there; trying \
                  again can’t create a second one.",
    too_large_title: "That was too much at once",
    too_large: "The page sent more than a form of this shop can hold. Nothing was ordered and nothing was changed. Please \
                go back and write less.",
    too_often_title: "That was too often",
    too_often: "The shop takes only so much from one place in a minute, and this was not carried out. Please wait a moment \
                and try again: that can’t create a second order.",
    forbidden_title: "This did not come from the shop",
    forbidden: "Another site tried to send a form in your name. Nothing was ordered and nothing was changed.",
    not_understood_title: "That could not be read",
    not_understood: "What was sent is no form of this shop. Nothing was ordered and nothing was changed. Please go back and \
                     try again.",
    mistake_title: "Something went wrong on our side",
    mistake: "If you were placing an order, your orders show whether it is there. If it is not, go back and press the \
              button again: that can’t create a second one.",
    offline_title: "You’re offline",
    offline: "This page needs a connection, and there is none just now. If you were placing an order: once you are online \
              again, your orders show whether it is there, and trying again can’t create a second one.",
    try_again: "Try again",
    kept: "Your cart and your orders are kept.",
    look_around: "Look around the shop",
    orders: "Your orders",
};

pub(crate) const DE: Errors = Errors {
    not_found_title: "Hier ist nichts",
    not_found: "Vielleicht ist die Adresse vertippt, oder die Sache gehört jemand anderem oder wird nicht mehr verkauft.",
    unavailable_title: "Der Laden kann gerade nicht antworten",
    unavailable: "Bitte versuchen Sie es in einer Minute noch einmal. Falls Sie gerade bestellt haben: Unter Ihren \
                  Bestellungen sehen Sie, ob sie da ist. Ein weiterer Versuch kann keine zweite auslösen.",
    too_large_title: "Das war zu viel auf einmal",
    too_large: "Die Seite hat mehr abgeschickt, als ein Formular dieses Ladens fasst. Es wurde nichts bestellt und nichts \
                geändert. Bitte gehen Sie zurück und schreiben Sie weniger.",
    too_often_title: "Das war zu oft",
    too_often: "Von einer Stelle nimmt der Laden in einer Minute nur so viel an, und dies wurde nicht ausgeführt. Bitte warten \
                Sie einen Augenblick und versuchen Sie es noch einmal: Das kann keine zweite Bestellung auslösen.",
    forbidden_title: "Das kam nicht aus dem Laden",
    forbidden: "Eine andere Seite wollte in Ihrem Namen ein Formular abschicken. Es wurde nichts bestellt und nichts \
                geändert.",
    not_understood_title: "Das war nicht zu lesen",
    not_understood: "Was geschickt wurde, ist kein Formular dieses Ladens. Es wurde nichts bestellt und nichts geändert. \
                     Bitte gehen Sie zurück und versuchen Sie es noch einmal.",
    mistake_title: "Bei uns ist etwas schiefgegangen",
    mistake: "Falls Sie gerade bestellt haben: Unter Ihren Bestellungen sehen Sie, ob sie da ist. Wenn nicht, gehen Sie \
              zurück und drücken Sie den Knopf noch einmal: Das kann keine zweite auslösen.",
    offline_title: "Sie sind offline",
    offline: "Diese Seite braucht eine Verbindung, und gerade gibt es keine. Falls Sie gerade bestellt haben: Sobald Sie \
              wieder online sind, sehen Sie unter Ihren Bestellungen, ob sie da ist. Ein weiterer Versuch kann keine \
              zweite auslösen.",
    try_again: "Noch einmal versuchen",
    kept: "Ihr Warenkorb und Ihre Bestellungen sind noch da.",
    look_around: "Im Laden umsehen",
    orders: "Ihre Bestellungen",
};
