//! The shop's mail: by SMTP, or as files in a folder.
//!
//! `smtp://` speaks without encryption and is for a relay on the same machine; `smtp://HOST?tls=required` asks for
//! STARTTLS; `smtps://` is encrypted from the first byte. `file://FOLDER` writes each mail into a file of its own.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use checkout::mail::Mail;
use checkout::ports::{MailError, Mailer};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

/// Why mail can not be sent from here at all. The text tells a person what to do, and holds no password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is none of a way for mail.
    #[error(
        "ONCE_MAIL_URL is no address that mail can be sent to; write smtp://HOST, smtps://USER:PASSWORD@HOST or file://FOLDER"
    )]
    Address,
    /// The sender is no mail address.
    #[error("ONCE_MAIL_FROM is no sender; write it as shop@example.org, or as Shop <shop@example.org>")]
    Sender(#[source] lettre::address::AddressError),
    /// The folder can not be made.
    #[error("the folder {} of ONCE_MAIL_URL can not be made", folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// Sends the shop's mail.
pub struct ShopMailer {
    sender: Mailbox,
    way: Way,
}

impl ShopMailer {
    /// Sends by `url` as `sender`. Nothing is connected yet: a mail server that is down stops no shop.
    pub fn open(url: &str, sender: &str) -> Result<Self, OpenError> {
        let sender = sender.parse().map_err(OpenError::Sender)?;
        let way = match url.strip_prefix("file://") {
            Some(folder) => Way::Folder(make_folder(Path::new(folder))?),
            None => Way::Smtp(smtp(url)?),
        };
        Ok(Self { sender, way })
    }

    /// The mail as it travels. Its `Message-ID` is the same whenever it is sent.
    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let wrong = |error: lettre::address::AddressError| MailError(error.into());
        // A header of several lines would be several headers.
        let name = mail.name.replace(char::is_control, " ");
        let receiver = Mailbox::new(Some(name), mail.email.parse::<Address>().map_err(wrong)?);
        Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id, self.sender.email.domain())))
            .from(self.sender.clone())
            .to(receiver)
            .subject(&mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|error| MailError(error.into()))
    }
}

#[async_trait]
impl Mailer for ShopMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.message(mail)?;
        match &self.way {
            Way::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(refused),
            Way::Folder(folder) => folder
                .send(message)
                .await
                .map(drop)
                .map_err(|error| MailError(error.into())),
        }
    }
}

/// What a mail server says of a mail quotes its receiver, who belongs into no log: of that only the code is kept.
fn refused(error: lettre::transport::smtp::Error) -> MailError {
    match error.status() {
        Some(code) => MailError(format!("the mail server answered {code}").into()),
        None => MailError(error.into()),
    }
}

fn make_folder(folder: &Path) -> Result<AsyncFileTransport<Tokio1Executor>, OpenError> {
    if folder.as_os_str().is_empty() {
        return Err(OpenError::Address);
    }
    let failed = |source| OpenError::Folder {
        folder: folder.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    Ok(AsyncFileTransport::new(folder))
}

/// The reason is not passed on: it could quote the address, which may hold a password.
fn smtp(url: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, OpenError> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| OpenError::Address)?;
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDER: &str = "Once <orders@shop.example.org>";

    fn mail(name: &str, email: &str) -> Mail {
        Mail {
            id: "order-placed.7".into(),
            name: name.into(),
            email: email.into(),
            subject: "Your order A7K-4F2Q".into(),
            text: "2 × Enamel mug, €12.50 each\n".into(),
        }
    }

    fn mailer() -> ShopMailer {
        ShopMailer::open("smtp://127.0.0.1:1", SENDER).expect("nothing is connected yet")
    }

    #[test]
    fn a_mail_has_one_message_id_and_shows_the_sender() {
        let written = |mail: &Mail| {
            let message = mailer().message(mail).expect("a message").formatted();
            String::from_utf8(message).expect("ASCII")
        };
        let ada = written(&mail("Ada Lovelace", "ada@example.org"));
        for line in [
            "Message-ID: <order-placed.7@shop.example.org>\r\n",
            "From: Once <orders@shop.example.org>\r\n",
            "To: \"Ada Lovelace\" <ada@example.org>\r\n",
            "Subject: Your order A7K-4F2Q\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
        ] {
            assert!(ada.contains(line), "{line:?} is not in {ada}");
        }
    }

    #[test]
    fn a_name_puts_no_header_into_a_mail() {
        let message = mailer().message(&mail("Ada\r\nBcc: eve@example.org", "ada@example.org"));
        let written = String::from_utf8(message.expect("a message").formatted()).expect("ASCII");
        assert!(!written.contains("\r\nBcc:"), "{written}");
    }

    #[test]
    fn a_receiver_that_is_none_is_the_trouble_of_its_mail() {
        for email in [
            "a..b@example.org",
            "ada@exa mple.org",
            "ada@example.org\r\nRCPT TO:<eve@example.org>",
        ] {
            assert!(mailer().message(&mail("Ada", email)).is_err(), "{email}");
        }
    }

    #[test]
    fn what_can_not_be_is_refused_without_being_printed() {
        for url in ["", "file://", "http://canary:canary@host", "canary"] {
            let refused = ShopMailer::open(url, SENDER).err().expect(url).to_string();
            assert!(
                refused.contains("smtp://HOST") && !refused.contains("canary"),
                "{refused}"
            );
        }
        let refused = ShopMailer::open("smtp://localhost", "the shop")
            .err()
            .expect("no sender");
        assert!(refused.to_string().contains("ONCE_MAIL_FROM"), "{refused}");
    }
}
