/// What became of a submission.
pub(crate) struct Status {
    pub(crate) placed_title: &'static str,
    /// Before the order's number.
    pub(crate) number_is: &'static str,
    pub(crate) to_the_receipt: &'static str,
    pub(crate) running_title: &'static str,
    pub(crate) running: &'static str,
    pub(crate) running_goes_on: &'static str,
    pub(crate) look_again: &'static str,
    pub(crate) none_title: &'static str,
    pub(crate) none: &'static str,
}

pub(crate) const EN: Status = Status {
    placed_title: "Your order is placed",
    number_is: "Its number is",
    to_the_receipt: "To the receipt",
    running_title: "We’re checking your order",
    running: "It has reached us and is being placed. This page looks again every few seconds.",
    running_goes_on: "You can close it: the order goes on without you, and you will not be charged twice.",
    look_again: "Look again",
    none_title: "No order found yet",
    none: "Go back to the page and press the button again: that can’t create a second order.",
};

pub(crate) const DE: Status = Status {
    placed_title: "Ihre Bestellung ist aufgegeben",
    number_is: "Ihre Nummer ist",
    to_the_receipt: "Zum Beleg",
    running_title: "Ihre Bestellung wird geprüft",
    running: "Sie ist bei uns angekommen und wird gerade aufgegeben. Diese Seite sieht alle paar Sekunden wieder nach.",
    running_goes_on: "Sie können sie schließen: Die Bestellung läuft ohne Sie weiter, und Sie zahlen nicht zweimal.",
    look_again: "Noch einmal nachsehen",
    none_title: "Noch keine Bestellung gefunden",
    none: "Gehen Sie zur Seite zurück und drücken Sie den Knopf noch einmal: Das kann keine zweite Bestellung auslösen.",
};
