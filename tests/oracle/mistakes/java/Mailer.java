import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;

/** What every program needs, and none of the mistakes. */
class Mailer {
  static final String USER = System.getenv("FM_USER");
  static final String CODE = System.getenv("FM_CODE");

  /** SMTP by STARTTLS on the submission port. */
  static Properties smtp() {
    Properties settings = new Properties();
    settings.put("mail.smtp.host", System.getenv("FM_HOST"));
    settings.put("mail.smtp.port", System.getenv("FM_SUBMISSION"));
    settings.put("mail.smtp.starttls.enable", "true");
    settings.put("mail.smtp.ssl.trust", "*");
    return settings;
  }

  /** POP3 or IMAP inside TLS. */
  static Properties store(String protocol, String port) {
    Properties settings = new Properties();
    settings.put("mail." + protocol + ".host", System.getenv("FM_HOST"));
    settings.put("mail." + protocol + ".port", System.getenv(port));
    settings.put("mail." + protocol + ".ssl.trust", "*");
    return settings;
  }

  static void send(Properties settings, String from, String to, String secret) throws Exception {
    var session = Session.getInstance(settings, new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return new PasswordAuthentication(USER, secret);
      }
    });
    MimeMessage message = new MimeMessage(session);
    message.setFrom(from);
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(to));
    message.setSubject("hello");
    message.setText("hello");
    Transport.send(message);
  }
}
