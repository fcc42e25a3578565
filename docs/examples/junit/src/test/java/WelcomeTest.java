import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sends by STARTTLS, waits by the HTTP API, reads by IMAPS. The environment says where the server is:
 * ./with_fakemail mvn test.
 */
class WelcomeTest {
  static Session session;

  @BeforeAll
  static void trustTheServersCaAndNothingElse() throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var file = new FileInputStream(env("FAKEMAIL_CA_FILE"))) {
      var ca = CertificateFactory.getInstance("X.509").generateCertificate(file);
      store.setCertificateEntry("fakemail", ca);
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);

    Properties settings = new Properties();
    settings.put("mail.smtp.auth", "true");
    settings.put("mail.smtp.starttls.required", "true");
    settings.put("mail.smtp.ssl.socketFactory", context.getSocketFactory());
    settings.put("mail.imaps.ssl.socketFactory", context.getSocketFactory());
    session = Session.getInstance(settings);
  }

  @Test
  void aNewCustomerIsWelcome() throws Exception {
    String customer = "new@example.com";
    welcome(customer);

    var wait = env("FAKEMAIL_URL") + "/api/v1/wait?to=" + customer + "&subject=Welcome&timeout=5";
    var answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(URI.create(wait)).build(), BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body()); // 408: says what came instead

    try (Store store = session.getStore("imaps")) { // an open server: any address, any code
      store.connect(env("IMAPS_HOST"), port("IMAPS_PORT"), customer, "any-code-will-do");
      try (Folder inbox = store.getFolder("INBOX")) {
        inbox.open(Folder.READ_ONLY);
        Message message = inbox.getMessage(inbox.getMessageCount());
        assertEquals("Welcome", message.getSubject());
        assertTrue(message.getContent().toString().contains("Here you are."));
      }
    }
  }

  /** The program that is tested. */
  static void welcome(String customer) throws Exception {
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(env("MAIL_ADDRESS")));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(customer));
    message.setSubject("Welcome");
    message.setText("Here you are.");
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect(
          env("SMTP_HOST"), port("SMTP_PORT"), env("SMTP_USER"), env("SMTP_PASSWORD"));
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  static String env(String name) {
    return System.getenv(name);
  }

  static int port(String name) {
    return Integer.parseInt(env(name));
  }
}
