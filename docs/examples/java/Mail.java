import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Jakarta Mail sends by STARTTLS and reads by IMAPS. Run:
 * mvn dependency:copy-dependencies -DoutputDirectory=jars && java -cp 'jars/*' Mail.java
 */
public class Mail {
  static String env(String name) {
    return System.getenv(name);
  }

  static int port(String name) {
    return Integer.parseInt(env(name));
  }

  /** Trusts the server's CA and nothing else. */
  static SSLSocketFactory trust() throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var file = new FileInputStream(env("FAKEMAIL_CA_FILE"))) {
      var ca = CertificateFactory.getInstance("X.509").generateCertificate(file);
      store.setCertificateEntry("fakemail", ca);
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  public static void main(String[] words) throws Exception {
    Properties settings = new Properties();
    settings.put("mail.smtp.auth", "true");
    settings.put("mail.smtp.starttls.required", "true");
    settings.put("mail.smtp.ssl.socketFactory", trust());
    settings.put("mail.imaps.ssl.socketFactory", trust());
    Session session = Session.getInstance(settings);

    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(env("MAIL_ADDRESS")));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(env("MAIL_ADDRESS")));
    message.setSubject("Invoice 7");
    message.setText("42 EUR");
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect(
          env("SMTP_HOST"), port("SMTP_PORT"), env("SMTP_USER"), env("SMTP_PASSWORD"));
      transport.sendMessage(message, message.getAllRecipients());
    }

    try (Store store = session.getStore("imaps")) {
      store.connect(
          env("IMAPS_HOST"), port("IMAPS_PORT"), env("IMAPS_USER"), env("IMAPS_PASSWORD"));
      try (Folder inbox = store.getFolder("INBOX")) {
        inbox.open(Folder.READ_ONLY);
        Message last = inbox.getMessage(inbox.getMessageCount());
        if (!last.getSubject().equals("Invoice 7")) throw new AssertionError(last.getSubject());
        String text = last.getContent().toString().trim();
        if (!text.equals("42 EUR")) throw new AssertionError(text);
      }
    }
    System.out.println("ok");
  }
}
