// Testcontainers in Java: a mail goes in over TLS, and is there.
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

public class SignUp {
    public static void main(String[] arguments) throws Exception {
        try (var fakemail = new GenericContainer<>("fakemail")) {
            fakemail.withExposedPorts(587, 993, 8025)
                .waitingFor(Wait.forLogMessage(".*fakemail ready .*\\n", 1)).start();
            String host = fakemail.getHost();
            int submission = fakemail.getMappedPort(587);
            String api = "http://" + host + ":" + fakemail.getMappedPort(8025) + "/api/v1";
            String ca = Files.createTempFile("ca", ".pem").toString();
            fakemail.copyFileFromContainer("/data/certs/ca.pem", ca);

            var settings = new Properties();
            settings.put("mail.smtp.host", host);
            settings.put("mail.smtp.port", submission);
            settings.put("mail.smtp.auth", "true");
            settings.put("mail.smtp.starttls.required", "true");
            settings.put("mail.smtp.ssl.socketFactory", trusting(ca).getSocketFactory());
            var message = new MimeMessage(Session.getInstance(settings));
            message.setFrom("shop@fakemail.test");
            message.setRecipient(Message.RecipientType.TO, new InternetAddress("new@example.com"));
            message.setSubject("Welcome");
            message.setText("Hello");
            Transport.send(message, "shop@fakemail.test", "any-code-will-do");

            var question = URI.create(api + "/wait?to=new@example.com&timeout=5");
            var found = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(question).build(), HttpResponse.BodyHandlers.ofString());
            if (found.statusCode() != 200 || !found.body().contains("Welcome")) {
                throw new AssertionError(found.body());
            }
        }
        System.out.println("ok");
        System.exit(0);
    }

    static SSLContext trusting(String ca) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var file = new FileInputStream(ca)) {
            store.setCertificateEntry(
                "fakemail", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
