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
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Sends by submission (STARTTLS) and submissions (implicit TLS), reads both messages by POP3S and
 * IMAPS. Trusts the CA in FM_CA if there is one, else whatever this JVM was told to trust.
 */
public class Program {
  static final String HOST = System.getenv("FM_HOST");
  static final String USER = System.getenv("FM_USER");
  static final String CODE = System.getenv("FM_CODE");
  static final List<String> SUBJECTS = List.of("STARTTLS", "implicit TLS");

  static int port(String name) {
    return Integer.parseInt(System.getenv(name));
  }

  static void check(boolean holds, String what) {
    if (!holds) throw new IllegalStateException(what);
  }

  static SSLSocketFactory trust() throws Exception {
    String file = System.getenv("FM_CA");
    if (file == null) return (SSLSocketFactory) SSLSocketFactory.getDefault();
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var stream = new FileInputStream(file)) {
      var ca = CertificateFactory.getInstance("X.509").generateCertificate(stream);
      store.setCertificateEntry("fakemail", ca);
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  static Session session() throws Exception {
    Properties settings = new Properties();
    for (String protocol : List.of("smtp", "smtps", "pop3s", "imaps")) {
      settings.put("mail." + protocol + ".ssl.socketFactory", trust());
      settings.put("mail." + protocol + ".ssl.checkserveridentity", "true");
      settings.put("mail." + protocol + ".auth", "true");
    }
    settings.put("mail.smtp.starttls.required", "true");
    return Session.getInstance(settings);
  }

  static void send(String protocol, int port, String subject) throws Exception {
    Session session = session();
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(USER));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(USER));
    message.setSubject(subject);
    message.setText("from Java");
    try (Transport transport = session.getTransport(protocol)) {
      transport.connect(HOST, port, USER, CODE);
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  static void read(String protocol, int port) throws Exception {
    try (Store store = session().getStore(protocol)) {
      store.connect(HOST, port, USER, CODE);
      try (Folder folder = store.getFolder("INBOX")) {
        folder.open(Folder.READ_ONLY);
        check(folder.getMessageCount() == SUBJECTS.size(), protocol + ": number of messages");
        for (int n = 1; n <= SUBJECTS.size(); n++) {
          Message message = folder.getMessage(n);
          check(SUBJECTS.get(n - 1).equals(message.getSubject()), protocol + ": subject " + n);
          check("from Java".equals(message.getContent().toString().trim()), protocol + ": text");
        }
      }
    }
  }

  public static void main(String[] words) throws Exception {
    send("smtp", port("FM_SUBMISSION"), SUBJECTS.get(0));
    send("smtps", port("FM_SUBMISSIONS"), SUBJECTS.get(1));
    read("pop3s", port("FM_POP3S"));
    read("imaps", port("FM_IMAPS"));
    System.out.println("ok");
  }
}
