// Angus Mail (JavaMail): SEARCH in 8-bit, after the library has enabled UTF8=ACCEPT by itself.
// at: gmail
// shows: BAD Could not parse command
import jakarta.mail.Folder;
import jakarta.mail.Session;
import jakarta.mail.search.SubjectTerm;

public class D06 {
  public static void main(String[] words) throws Exception {
    var session = Session.getInstance(Mailer.store("imaps", "FM_IMAPS"));
    session.setDebug(true);
    try (var store = session.getStore("imaps")) {
      store.connect(Mailer.USER, Mailer.CODE);
      var folder = store.getFolder("INBOX");
      folder.open(Folder.READ_ONLY);
      System.out.println(folder.search(new SubjectTerm("caf\u00e9")).length);
    }
  }
}
