// Angus Mail (JavaMail): no mistake; AUTH=LOGIN is read as a keyword of its own.
// at: 163
// shows: DEBUG SMTP: Found extension "AUTH=LOGIN", arg "PLAIN
// shows: DEBUG SMTP: AUTH LOGIN succeeded
// explain: output
import jakarta.mail.Session;
import java.util.Properties;

public class E15 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    settings.put("mail.debug", "true");
    try (var transport = Session.getInstance(settings).getTransport("smtp")) {
      transport.connect(Mailer.USER, Mailer.CODE);
    }
  }
}
