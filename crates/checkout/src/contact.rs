//! Who receives the order, and where: parsed once at the edge, by the code that the browser uses as well.

use serde::{Deserialize, Serialize};

/// What was typed, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    /// Name of the receiver.
    pub name: String,
    /// Where to write to the receiver.
    pub email: String,
    /// Street and house number.
    pub street: String,
    /// Postal code.
    pub postcode: String,
    /// Town.
    pub city: String,
    /// Country.
    pub country: String,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// [`ContactForm::name`]
    Name,
    /// [`ContactForm::email`]
    Email,
    /// [`ContactForm::street`]
    Street,
    /// [`ContactForm::postcode`]
    Postcode,
    /// [`ContactForm::city`]
    City,
    /// [`ContactForm::country`]
    Country,
}

impl Field {
    /// Every field, in the order of the form.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::Email,
        Self::Street,
        Self::Postcode,
        Self::City,
        Self::Country,
    ];

    /// The name of the field in the form and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Street => "street",
            Self::Postcode => "postcode",
            Self::City => "city",
            Self::Country => "country",
        }
    }

    /// The most bytes of UTF-8 that the field takes.
    #[must_use]
    pub const fn most_bytes(self) -> usize {
        match self {
            Self::Postcode => 16,
            Self::Name | Self::City | Self::Country => 120,
            Self::Email | Self::Street => 200,
        }
    }

    /// What the form holds in this field.
    #[must_use]
    pub fn of(self, form: &ContactForm) -> &str {
        match self {
            Self::Name => &form.name,
            Self::Email => &form.email,
            Self::Street => &form.street,
            Self::Postcode => &form.postcode,
            Self::City => &form.city,
            Self::Country => &form.country,
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    /// Nothing was typed.
    Missing,
    /// More was typed than the field takes.
    TooLong,
    /// It has a character that no address has: a control character or a line break.
    Forbidden,
    /// It is no e-mail address.
    NotAnEmail,
}

impl FieldProblem {
    /// Every problem.
    pub const ALL: [Self; 4] = [Self::Missing, Self::TooLong, Self::Forbidden, Self::NotAnEmail];

    /// The name of the problem in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong => "too_long",
            Self::Forbidden => "forbidden",
            Self::NotAnEmail => "not_an_email",
        }
    }
}

/// A field and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldError {
    /// Which field.
    pub field: Field,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

/// A contact in which every field was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact(ContactForm);

impl Contact {
    /// Trims and checks every field.
    ///
    /// # Errors
    /// All fields with a problem, in the order of the form.
    pub fn parse(form: &ContactForm) -> Result<Self, Vec<FieldError>> {
        let errors: Vec<_> = Field::ALL
            .into_iter()
            .filter_map(|field| {
                Some(FieldError {
                    field,
                    problem: problem(field, field.of(form).trim())?,
                })
            })
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let trimmed = |field: Field| field.of(form).trim().to_owned();
        Ok(Self(ContactForm {
            name: trimmed(Field::Name),
            email: trimmed(Field::Email),
            street: trimmed(Field::Street),
            postcode: trimmed(Field::Postcode),
            city: trimmed(Field::City),
            country: trimmed(Field::Country),
        }))
    }

    /// The checked fields.
    #[must_use]
    pub const fn form(&self) -> &ContactForm {
        &self.0
    }
}

/// What is wrong with an e-mail address, which was trimmed.
#[must_use]
pub fn email_problem(value: &str) -> Option<FieldProblem> {
    problem(Field::Email, value)
}

fn problem(field: Field, value: &str) -> Option<FieldProblem> {
    if value.chars().all(is_unseen) {
        return Some(FieldProblem::Missing);
    }
    if value.len() > field.most_bytes() {
        return Some(FieldProblem::TooLong);
    }
    if value.chars().any(breaks_lines) {
        return Some(FieldProblem::Forbidden);
    }
    (field == Field::Email && !looks_like_email(value)).then_some(FieldProblem::NotAnEmail)
}

/// Whether a character shows nothing by itself. Between others it may matter, as in Persian names and in emoji: a field
/// may hold some, but not them alone.
fn is_unseen(character: char) -> bool {
    let joins_or_directs = matches!(character, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}');
    // Letters by their category, and blank on every screen.
    let fillers = matches!(
        character,
        '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
    );
    character.is_whitespace() || joins_or_directs || fillers
}

/// Whether a character has no place in one line of an address.
fn breaks_lines(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// One `@` with something on both sides, a dot in the domain, no space. Only a message to the address proves more.
fn looks_like_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else {
        return false;
    };
    let labels_filled = domain.split('.').all(|label| !label.is_empty());
    !local.is_empty() && !local.contains('@') && domain.contains('.') && labels_filled && !value.chars().any(is_unseen)
}

#[cfg(test)]
mod tests;
