<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>
and {value} more</source>
        <translation>
und {value} weitere</translation>
    </message>
    <message>
        <source>
name,location,site,address,username,password
Gate,North yard,Store North,http://10.0.0.7/snapshot.jpg,viewer,its password
Hall,Ground floor,Store North,rtsp://10.0.0.8/stream2,viewer,its password
Ramp,Car park,Store South,https://ramp.store.example/image.jpg,,</source>
        <translation>
name,location,site,address,username,password
Tor,Nordhof,Filiale Nord,http://10.0.0.7/snapshot.jpg,viewer,ihr Passwort
Halle,Erdgeschoss,Filiale Nord,rtsp://10.0.0.8/stream2,viewer,ihr Passwort
Rampe,Parkplatz,Filiale Süd,https://ramp.store.example/image.jpg,,</translation>
    </message>
    <message>
        <source>
name,role
maria.meyer,Supervisor
jo,Viewer
night-shift-2,Viewer</source>
        <translation>
name,role
maria.meyer,Supervisor
jo,Viewer
nachtschicht-2,Viewer</translation>
    </message>
    <message>
        <source>
the other time: </source>
        <translation>
die andere Zeit: </translation>
    </message>
    <message>
        <source>
the other time: {of}</source>
        <translation>
in der anderen Zeit: {of}</translation>
    </message>
    <message>
        <source>
usually {low:.1f} to {high:.1f}</source>
        <translation>
üblich: {low:.1f} bis {high:.1f}</translation>
    </message>
    <message>
        <source>
usually {low:.1f} to {high:.1f}: fewer than usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>
usually {low:.1f} to {high:.1f}: more than usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>  (and {value} more)</source>
        <translation>  (und {value} weitere)</translation>
    </message>
    <message>
        <source> (letters outside the usual alphabet, so less goes into a part)</source>
        <translation> (Zeichen außerhalb des üblichen Alphabets, daher passt weniger in einen Teil)</translation>
    </message>
    <message>
        <source> (limit {number})</source>
        <translation> (Grenze {number})</translation>
    </message>
    <message>
        <source> (the preview shows the first {shown})</source>
        <translation> (die Vorschau zeigt die ersten {shown})</translation>
    </message>
    <message>
        <source> (this computer)</source>
        <translation> (dieser Computer)</translation>
    </message>
    <message>
        <source> (until {day_text}, {last:%H:%M})</source>
        <translation> (bis {day_text}, {last:%H:%M})</translation>
    </message>
    <message>
        <source> 1 count found no room and is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Ask somebody who may make rules.</source>
        <translation> Fragen Sie jemanden, der Regeln anlegen darf.</translation>
    </message>
    <message>
        <source> It is closed.</source>
        <translation> Damit ist er geschlossen.</translation>
    </message>
    <message>
        <source> It is cut to 1 part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> It is cut to {sent} parts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> It is tried again at {moment}.</source>
        <translation> Nächster Versuch: {moment}.</translation>
    </message>
    <message>
        <source> It is tried again by itself.</source>
        <translation> Es wird von selbst erneut versucht.</translation>
    </message>
    <message>
        <source> It raised {number} in the last seven days.</source>
        <translation> Sie hat in den letzten sieben Tagen {number} ausgelöst.</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Needs a second factor.</source>
        <translation> Braucht einen zweiten Faktor.</translation>
    </message>
    <message>
        <source> Not to {address}: {why}.</source>
        <translation> Nicht an {address}: {why}.</translation>
    </message>
    <message>
        <source> Sent up to {astimezone:%Y-%m-%d %H:%M}.</source>
        <translation> Gesendet bis {astimezone:%Y-%m-%d %H:%M}.</translation>
    </message>
    <message>
        <source> Start CamWatch again, so that it is used.</source>
        <translation> Starten Sie CamWatch neu, damit es verwendet wird.</translation>
    </message>
    <message>
        <source> The chart marks the newest {number}.</source>
        <translation> Das Diagramm markiert die neuesten {number}.</translation>
    </message>
    <message>
        <source> Your role needs it, so it cannot be switched off.</source>
        <translation> Ihre Rolle verlangt ihn, daher lässt er sich nicht ausschalten.</translation>
    </message>
    <message>
        <source> above that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and </source>
        <translation> und </translation>
    </message>
    <message>
        <source> and are not found in {hidden:.0%} of the pictures, for they hide each other,</source>
        <translation> (die zudem in {hidden:.0%} der Bilder nicht zu finden sind, weil sie einander verdecken)</translation>
    </message>
    <message>
        <source> and not </source>
        <translation> und nicht </translation>
    </message>
    <message>
        <source> and {more} more</source>
        <translation> und {more} weitere</translation>
    </message>
    <message>
        <source> and {value:,} more</source>
        <translation> und {value:,} weitere</translation>
    </message>
    <message>
        <source> and {value} more</source>
        <translation> und {value} weitere</translation>
    </message>
    <message>
        <source> at “{escape}”</source>
        <translation> an „{escape}“</translation>
    </message>
    <message>
        <source> below that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> by then</source>
        <translation> bis dahin</translation>
    </message>
    <message>
        <source> by {name}</source>
        <translation> über {name}</translation>
    </message>
    <message>
        <source> crossings</source>
        <translation> Durchgänge</translation>
    </message>
    <message>
        <source> days</source>
        <translation> Tage</translation>
    </message>
    <message>
        <source> for {lasting}</source>
        <translation> seit {lasting}</translation>
    </message>
    <message>
        <source> hours</source>
        <translation> Stunden</translation>
    </message>
    <message>
        <source> in all</source>
        <translation> insgesamt</translation>
    </message>
    <message>
        <source> in {source}</source>
        <translation> in {source}</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source> minutes</source>
        <translation> Minuten</translation>
    </message>
    <message>
        <source> of {known}</source>
        <translation> von {known}</translation>
    </message>
    <message>
        <source> or </source>
        <translation> oder </translation>
    </message>
    <message>
        <source> parts</source>
        <translation> Teile</translation>
    </message>
    <message>
        <source> people</source>
        <translation> Personen</translation>
    </message>
    <message>
        <source> pictures</source>
        <translation> Bilder</translation>
    </message>
    <message>
        <source> s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> since {clock_time}</source>
        <translation> seit {clock_time}</translation>
    </message>
    <message>
        <source> since {since:%H:%M}</source>
        <translation> seit {since:%H:%M}</translation>
    </message>
    <message>
        <source> spreads</source>
        <translation> Streuungen</translation>
    </message>
    <message>
        <source> style=&quot;page-break-before: always&quot;</source>
        <translation> style=&quot;page-break-before: always&quot;</translation>
    </message>
    <message>
        <source> to </source>
        <translation> – </translation>
    </message>
    <message>
        <source> to {names}</source>
        <translation> an {names}</translation>
    </message>
    <message>
        <source> to {step}</source>
        <translation> (Schritt: {step})</translation>
    </message>
    <message>
        <source> to {to}</source>
        <translation> an {to}</translation>
    </message>
    <message>
        <source> weeks</source>
        <translation> Wochen</translation>
    </message>
    <message>
        <source> {closed} of them {closes}.</source>
        <translation> Davon {closed} {closes}.</translation>
    </message>
    <message>
        <source> {counts} found no room and are lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {messages} that wait for it are never sent.</source>
        <translation> Was darauf noch wartet ({messages}), wird nie gesendet.</translation>
    </message>
    <message>
        <source> {value:.0f} % of them are first or last seen right there.</source>
        <translation> {value:.0f} % davon werden genau dort zuerst oder zuletzt gesehen.</translation>
    </message>
    <message>
        <source> · still view</source>
        <translation> · unbewegtes Bild</translation>
    </message>
    <message>
        <source>$to is the number, $from the sender, $text the message, $key the user name and $secret the password or token from above. All else stands for itself; $$ is a dollar.</source>
        <translation>$to ist die Nummer, $from der Absender, $text die Nachricht, $key der Benutzername und $secret das Passwort oder Token von oben. Alles andere steht für sich selbst; $$ ist ein Dollarzeichen.</translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Add a model file…</source>
        <translation>Modelldatei &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>&amp;Add camera</source>
        <translation>Kamera &amp;hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Add recipient…</source>
        <translation>Empfänger &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>&amp;Add the numbers of all of them up</source>
        <translation>Zahlen von allen &amp;zusammenzählen</translation>
    </message>
    <message>
        <source>&amp;Add the simulated camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add user</source>
        <translation>Benutzer &amp;hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Add user…</source>
        <translation>Benutzer &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>&amp;Add {cameras_words}</source>
        <translation>{cameras_words} &amp;hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Add {users}</source>
        <translation>{users} &amp;hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Address</source>
        <translation>&amp;Adresse</translation>
    </message>
    <message>
        <source>&amp;All cameras, removed ones too</source>
        <translation>&amp;Alle Kameras, auch entfernte</translation>
    </message>
    <message>
        <source>&amp;All sites, and those that are added later</source>
        <translation>&amp;Alle Standorte, auch später hinzugefügte</translation>
    </message>
    <message>
        <source>&amp;Also this computer and link-local addresses</source>
        <translation>&amp;Auch dieser Computer und link-lokale Adressen</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Apply…</source>
        <translation>&amp;Anwenden…</translation>
    </message>
    <message>
        <source>&amp;At</source>
        <translation>&amp;Um</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Back to the counting</source>
        <translation>&amp;Zurück zum Zählen</translation>
    </message>
    <message>
        <source>&amp;Begin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Begin a new history</source>
        <translation>&amp;Neuen Verlauf beginnen</translation>
    </message>
    <message>
        <source>&amp;Begin the drill</source>
        <translation>Probealarm &amp;beginnen</translation>
    </message>
    <message>
        <source>&amp;Begin to count</source>
        <translation>Zählen &amp;beginnen</translation>
    </message>
    <message>
        <source>&amp;Bring in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Camera</source>
        <translation>&amp;Kamera</translation>
    </message>
    <message>
        <source>&amp;Certainty from which a person counts</source>
        <translation>&amp;Gewissheit, ab der eine Person zählt</translation>
    </message>
    <message>
        <source>&amp;Change it</source>
        <translation>Än&amp;dern</translation>
    </message>
    <message>
        <source>&amp;Change password…</source>
        <translation>&amp;Passwort ändern…</translation>
    </message>
    <message>
        <source>&amp;Change several…</source>
        <translation>Mehrere ä&amp;ndern…</translation>
    </message>
    <message>
        <source>&amp;Change {cameras_words}</source>
        <translation>{cameras_words} ä&amp;ndern</translation>
    </message>
    <message>
        <source>&amp;Change {count} cameras…</source>
        <translation>{count} Kameras ä&amp;ndern…</translation>
    </message>
    <message>
        <source>&amp;Check again</source>
        <translation>Erneut &amp;prüfen</translation>
    </message>
    <message>
        <source>&amp;Choose a file…</source>
        <translation>&amp;Datei wählen…</translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation>&amp;Wählen…</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>S&amp;chließen</translation>
    </message>
    <message>
        <source>&amp;Code</source>
        <translation>&amp;Code</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Comment</source>
        <translation>&amp;Kommentar</translation>
    </message>
    <message>
        <source>&amp;Copies</source>
        <translation>&amp;Sicherungskopien</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>&amp;Copy all</source>
        <translation>Alle &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Copy as text</source>
        <translation>Als Text &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Copy the code</source>
        <translation>Code &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Copy…</source>
        <translation>&amp;Kopieren…</translation>
    </message>
    <message>
        <source>&amp;Correct numbers…</source>
        <translation>Zahlen &amp;korrigieren…</translation>
    </message>
    <message>
        <source>&amp;Count the recording…</source>
        <translation>Aufnahme aus&amp;zählen…</translation>
    </message>
    <message>
        <source>&amp;Critical down to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Critical from</source>
        <translation>&amp;Kritisch ab</translation>
    </message>
    <message>
        <source>&amp;Database</source>
        <translation>D&amp;atenbank</translation>
    </message>
    <message>
        <source>&amp;Date and time</source>
        <translation>&amp;Datum und Uhrzeit</translation>
    </message>
    <message>
        <source>&amp;Day in it</source>
        <translation>&amp;Tag darin</translation>
    </message>
    <message>
        <source>&amp;Delete the kept pictures…</source>
        <translation>Aufbewahrte Bilder &amp;löschen…</translation>
    </message>
    <message>
        <source>&amp;Delete what is stored…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Delete…</source>
        <translation>&amp;Löschen…</translation>
    </message>
    <message>
        <source>&amp;Diagnostics…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Disable</source>
        <translation>&amp;Deaktivieren</translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation>&amp;Verwerfen</translation>
    </message>
    <message>
        <source>&amp;Domain of the gateway</source>
        <translation>&amp;Domain des Gateways</translation>
    </message>
    <message>
        <source>&amp;Done</source>
        <translation>&amp;Fertig</translation>
    </message>
    <message>
        <source>&amp;E-mail channel</source>
        <translation>&amp;E-Mail-Kanal</translation>
    </message>
    <message>
        <source>&amp;Earlier</source>
        <translation>&amp;Früher</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Edit this camera…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation>&amp;Bearbeiten…</translation>
    </message>
    <message>
        <source>&amp;Enable</source>
        <translation>A&amp;ktivieren</translation>
    </message>
    <message>
        <source>&amp;Encryption</source>
        <translation>&amp;Verschlüsselung</translation>
    </message>
    <message>
        <source>&amp;End session…</source>
        <translation>Sitzung b&amp;eenden…</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>&amp;Find cameras in the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Find cameras…</source>
        <translation>Kameras &amp;suchen…</translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation>&amp;Von</translation>
    </message>
    <message>
        <source>&amp;Gather mails for</source>
        <translation>E-Mails sa&amp;mmeln für</translation>
    </message>
    <message>
        <source>&amp;Give them instead</source>
        <translation>&amp;Stattdessen zuweisen</translation>
    </message>
    <message>
        <source>&amp;Give this role</source>
        <translation>Diese Rolle &amp;geben</translation>
    </message>
    <message>
        <source>&amp;Go to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Go to the live view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;History of states…</source>
        <translation>&amp;Verlauf der Zustände…</translation>
    </message>
    <message>
        <source>&amp;Host</source>
        <translation>&amp;Host</translation>
    </message>
    <message>
        <source>&amp;Hours and days</source>
        <translation>S&amp;tunden- und Tageswerte</translation>
    </message>
    <message>
        <source>&amp;Import</source>
        <translation>&amp;Importieren</translation>
    </message>
    <message>
        <source>&amp;Import a list…</source>
        <translation>Liste &amp;importieren…</translation>
    </message>
    <message>
        <source>&amp;Import {cameras_words}</source>
        <translation>{cameras_words} &amp;importieren</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importieren…</translation>
    </message>
    <message>
        <source>&amp;In: more or fewer</source>
        <translation>&amp;Hinein: mehr oder weniger</translation>
    </message>
    <message>
        <source>&amp;Issuer</source>
        <translation>A&amp;ussteller</translation>
    </message>
    <message>
        <source>&amp;Keep the recorded pictures</source>
        <translation>Aufgenommene Bilder be&amp;halten</translation>
    </message>
    <message>
        <source>&amp;Keep the stored password</source>
        <translation>&amp;Gespeichertes Passwort behalten</translation>
    </message>
    <message>
        <source>&amp;Kind of correction</source>
        <translation>&amp;Art der Korrektur</translation>
    </message>
    <message>
        <source>&amp;Kind of gateway</source>
        <translation>A&amp;rt des Gateways</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>&amp;Später</translation>
    </message>
    <message>
        <source>&amp;Length of the recording</source>
        <translation>&amp;Länge der Aufnahme</translation>
    </message>
    <message>
        <source>&amp;Lines and zones…</source>
        <translation>&amp;Linien und Zonen…</translation>
    </message>
    <message>
        <source>&amp;Location</source>
        <translation>&amp;Ort</translation>
    </message>
    <message>
        <source>&amp;Lock after</source>
        <translation>&amp;Sperren nach</translation>
    </message>
    <message>
        <source>&amp;Make</source>
        <translation>&amp;Hersteller</translation>
    </message>
    <message>
        <source>&amp;Make a copy now</source>
        <translation>Jetzt eine Kopie &amp;erstellen</translation>
    </message>
    <message>
        <source>&amp;Make it</source>
        <translation>&amp;Anlegen</translation>
    </message>
    <message>
        <source>&amp;Make one</source>
        <translation>&amp;Erzeugen</translation>
    </message>
    <message>
        <source>&amp;Make the role</source>
        <translation>Rolle &amp;anlegen</translation>
    </message>
    <message>
        <source>&amp;Members</source>
        <translation>&amp;Mitglieder</translation>
    </message>
    <message>
        <source>&amp;Minutes</source>
        <translation>&amp;Minutenwerte</translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation>&amp;Modelle…</translation>
    </message>
    <message>
        <source>&amp;Moment</source>
        <translation>&amp;Zeitpunkt</translation>
    </message>
    <message>
        <source>&amp;More</source>
        <translation>&amp;Mehr</translation>
    </message>
    <message>
        <source>&amp;Most seconds between both lines</source>
        <translation>&amp;Höchstens so viele Sekunden zwischen beiden Linien</translation>
    </message>
    <message>
        <source>&amp;Move all into the keyring…</source>
        <translation>&amp;Alles in den Schlüsselbund übertragen…</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <source>&amp;Name of the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Names in the claim, divided by commas</source>
        <translation>&amp;Namen im Claim, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>&amp;New password</source>
        <translation>&amp;Neues Passwort</translation>
    </message>
    <message>
        <source>&amp;New plan…</source>
        <translation>&amp;Neuer Plan…</translation>
    </message>
    <message>
        <source>&amp;New recovery codes…</source>
        <translation>&amp;Neue Wiederherstellungscodes…</translation>
    </message>
    <message>
        <source>&amp;New report…</source>
        <translation>&amp;Neuer Bericht…</translation>
    </message>
    <message>
        <source>&amp;New role…</source>
        <translation>&amp;Neue Rolle…</translation>
    </message>
    <message>
        <source>&amp;New rule…</source>
        <translation>&amp;Neue Regel…</translation>
    </message>
    <message>
        <source>&amp;Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Number of pictures</source>
        <translation>A&amp;nzahl der Bilder</translation>
    </message>
    <message>
        <source>&amp;Numbers of</source>
        <translation>&amp;Zahlen von</translation>
    </message>
    <message>
        <source>&amp;Only these</source>
        <translation>&amp;Nur diese</translation>
    </message>
    <message>
        <source>&amp;Only these sites</source>
        <translation>&amp;Nur diese Standorte</translation>
    </message>
    <message>
        <source>&amp;Open CamWatch</source>
        <translation>CamWatch ö&amp;ffnen</translation>
    </message>
    <message>
        <source>&amp;Open a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open the sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Other networks or addresses</source>
        <translation>&amp;Weitere Netze oder Adressen</translation>
    </message>
    <message>
        <source>&amp;Out: more or fewer</source>
        <translation>Hina&amp;us: mehr oder weniger</translation>
    </message>
    <message>
        <source>&amp;Over time</source>
        <translation>&amp;Zeitverlauf</translation>
    </message>
    <message>
        <source>&amp;Owner</source>
        <translation>&amp;Zuständig</translation>
    </message>
    <message>
        <source>&amp;Passphrase</source>
        <translation>&amp;Passphrase</translation>
    </message>
    <message>
        <source>&amp;Passphrase of the vault</source>
        <translation>&amp;Passphrase des Tresors</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>&amp;Phone number</source>
        <translation>&amp;Telefonnummer</translation>
    </message>
    <message>
        <source>&amp;Pictures of alerts</source>
        <translation>A&amp;larmbilder</translation>
    </message>
    <message>
        <source>&amp;Pictures per second</source>
        <translation>&amp;Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>&amp;Port</source>
        <translation>&amp;Port</translation>
    </message>
    <message>
        <source>&amp;Ports that are tried</source>
        <translation>&amp;Ports, die versucht werden</translation>
    </message>
    <message>
        <source>&amp;Present password</source>
        <translation>&amp;Jetziges Passwort</translation>
    </message>
    <message>
        <source>&amp;Print…</source>
        <translation>&amp;Drucken…</translation>
    </message>
    <message>
        <source>&amp;Prove all channels now…</source>
        <translation>Alle Kanäle jetzt &amp;prüfen…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Quit CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reason</source>
        <translation>&amp;Grund</translation>
    </message>
    <message>
        <source>&amp;Recovery code</source>
        <translation>&amp;Wiederherstellungscode</translation>
    </message>
    <message>
        <source>&amp;Refresh</source>
        <translation>&amp;Aktualisieren</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>&amp;Remove the service…</source>
        <translation>Dienst &amp;entfernen…</translation>
    </message>
    <message>
        <source>&amp;Remove {count}</source>
        <translation>{count} &amp;entfernen</translation>
    </message>
    <message>
        <source>&amp;Repeat it</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Repeat the password</source>
        <translation>Passwort &amp;wiederholen</translation>
    </message>
    <message>
        <source>&amp;Role</source>
        <translation>&amp;Rolle</translation>
    </message>
    <message>
        <source>&amp;Role…</source>
        <translation>&amp;Rolle…</translation>
    </message>
    <message>
        <source>&amp;Roll back the import of {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rule</source>
        <translation>&amp;Regel</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>&amp;Save as…</source>
        <translation>&amp;Speichern unter…</translation>
    </message>
    <message>
        <source>&amp;Save picture…</source>
        <translation>Bild &amp;speichern…</translation>
    </message>
    <message>
        <source>&amp;Save the rule</source>
        <translation>Regel &amp;speichern</translation>
    </message>
    <message>
        <source>&amp;Save what can be read</source>
        <translation>&amp;Lesbares retten</translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation>&amp;Speichern…</translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation>&amp;Suchen</translation>
    </message>
    <message>
        <source>&amp;Search still pictures again every</source>
        <translation>&amp;Unbewegte Bilder erneut durchsuchen alle</translation>
    </message>
    <message>
        <source>&amp;Send now</source>
        <translation>Jetzt &amp;senden</translation>
    </message>
    <message>
        <source>&amp;Set up a device…</source>
        <translation>&amp;Gerät einrichten…</translation>
    </message>
    <message>
        <source>&amp;Set up another device…</source>
        <translation>Anderes &amp;Gerät einrichten…</translation>
    </message>
    <message>
        <source>&amp;Share it: everybody who may see its cameras can look at it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation>&amp;Anzeigen</translation>
    </message>
    <message>
        <source>&amp;Sign out</source>
        <translation>&amp;Abmelden</translation>
    </message>
    <message>
        <source>&amp;Single measurements</source>
        <translation>&amp;Einzelne Messwerte</translation>
    </message>
    <message>
        <source>&amp;Single pictures at random moments</source>
        <translation>&amp;Einzelne Bilder zu zufälligen Zeitpunkten</translation>
    </message>
    <message>
        <source>&amp;Site</source>
        <translation>S&amp;tandort</translation>
    </message>
    <message>
        <source>&amp;Steps</source>
        <translation>&amp;Schritte</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>S&amp;toppen</translation>
    </message>
    <message>
        <source>&amp;Stop now and count what there is</source>
        <translation>Jetzt &amp;anhalten und zählen, was da ist</translation>
    </message>
    <message>
        <source>&amp;Stop the drill</source>
        <translation>Probealarm &amp;abbrechen</translation>
    </message>
    <message>
        <source>&amp;Store the audit</source>
        <translation>Prüfung &amp;speichern</translation>
    </message>
    <message>
        <source>&amp;Take away second factor…</source>
        <translation>&amp;Zweiten Faktor wegnehmen…</translation>
    </message>
    <message>
        <source>&amp;Taken over by</source>
        <translation>Über&amp;nommen von</translation>
    </message>
    <message>
        <source>&amp;Test</source>
        <translation>&amp;Testen</translation>
    </message>
    <message>
        <source>&amp;Test connection</source>
        <translation>Verbindung &amp;testen</translation>
    </message>
    <message>
        <source>&amp;Test that no picture is stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Text</source>
        <translation>Te&amp;xt</translation>
    </message>
    <message>
        <source>&amp;Threshold…</source>
        <translation>&amp;Schwelle…</translation>
    </message>
    <message>
        <source>&amp;Time between two pictures</source>
        <translation>&amp;Zeit zwischen zwei Bildern</translation>
    </message>
    <message>
        <source>&amp;Time for each</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Time zones of sites…</source>
        <translation>&amp;Zeitzonen der Standorte…</translation>
    </message>
    <message>
        <source>&amp;To</source>
        <translation>&amp;Bis</translation>
    </message>
    <message>
        <source>&amp;Transport of RTSP</source>
        <translation>T&amp;ransport bei RTSP</translation>
    </message>
    <message>
        <source>&amp;Trust this certificate</source>
        <translation>Diesem Zertifikat &amp;vertrauen</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>Erneut &amp;versuchen</translation>
    </message>
    <message>
        <source>&amp;Try it</source>
        <translation>A&amp;usprobieren</translation>
    </message>
    <message>
        <source>&amp;Try it on {cameras_words}</source>
        <translation>Bei {cameras_words} a&amp;usprobieren</translation>
    </message>
    <message>
        <source>&amp;Try now</source>
        <translation>&amp;Jetzt versuchen</translation>
    </message>
    <message>
        <source>&amp;USB camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Understood</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo changes</source>
        <translation>Ände&amp;rungen zurücknehmen</translation>
    </message>
    <message>
        <source>&amp;Unlock</source>
        <translation>&amp;Entsperren</translation>
    </message>
    <message>
        <source>&amp;Unlock the vault…</source>
        <translation>&amp;Tresor entsperren…</translation>
    </message>
    <message>
        <source>&amp;Unlock…</source>
        <translation>&amp;Entsperren…</translation>
    </message>
    <message>
        <source>&amp;Until</source>
        <translation>&amp;Bis</translation>
    </message>
    <message>
        <source>&amp;Use</source>
        <translation>&amp;Verwenden</translation>
    </message>
    <message>
        <source>&amp;User</source>
        <translation>B&amp;enutzer</translation>
    </message>
    <message>
        <source>&amp;User name</source>
        <translation>&amp;Benutzername</translation>
    </message>
    <message>
        <source>&amp;User name and password</source>
        <translation>Benutzername und &amp;Passwort</translation>
    </message>
    <message>
        <source>&amp;User name or e-mail</source>
        <translation>&amp;Benutzername oder E-Mail</translation>
    </message>
    <message>
        <source>&amp;Users</source>
        <translation>&amp;Benutzer</translation>
    </message>
    <message>
        <source>&amp;Usual</source>
        <translation>Ü&amp;blich</translation>
    </message>
    <message>
        <source>&amp;Video file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Watch for</source>
        <translation>&amp;Achten auf</translation>
    </message>
    <message>
        <source>&amp;Watch this camera</source>
        <translation>Diese Kamera überwa&amp;chen</translation>
    </message>
    <message>
        <source>&amp;Watched or not</source>
        <translation>Über&amp;wacht oder nicht</translation>
    </message>
    <message>
        <source>&amp;Week</source>
        <translation>&amp;Woche</translation>
    </message>
    <message>
        <source>&amp;Where people are…</source>
        <translation>&amp;Wo Personen sind…</translation>
    </message>
    <message>
        <source>&amp;Where people were</source>
        <translation>&amp;Wo Personen waren</translation>
    </message>
    <message>
        <source>&amp;Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Withdraw…</source>
        <translation>&amp;Zurücknehmen…</translation>
    </message>
    <message>
        <source>&amp;Write the file anew…</source>
        <translation>&amp;Datei neu schreiben…</translation>
    </message>
    <message>
        <source>(New-Object Media.SoundPlayer $args[0]).PlaySync()</source>
        <translation>(New-Object Media.SoundPlayer $args[0]).PlaySync()</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>(kein Name)</translation>
    </message>
    <message>
        <source>({left_out} older entries are in the inbox)</source>
        <translation>({left_out} ältere Einträge stehen im Eingang)</translation>
    </message>
    <message>
        <source>({percent} known)</source>
        <translation>({percent} bekannt)</translation>
    </message>
    <message>
        <source>({percent} of the time measured)</source>
        <translation>({percent} der Zeit gemessen)</translation>
    </message>
    <message>
        <source>({point:g}, {point2:g}) lies outside the picture: coordinates are parts of its width and height, from 0 to 1</source>
        <translation>({point:g}; {point2:g}) liegt außerhalb des Bilds: Koordinaten sind Anteile der Breite und Höhe, von 0 bis 1</translation>
    </message>
    <message>
        <source>, and {false} where nobody is</source>
        <translation>, und {false}, wo niemand ist</translation>
    </message>
    <message>
        <source>, and {rest} more.</source>
        <translation>, und {rest} weitere.</translation>
    </message>
    <message>
        <source>, and {value} more</source>
        <translation>, und {value} weitere</translation>
    </message>
    <message>
        <source>, at that moment</source>
        <translation>, zu diesem Zeitpunkt</translation>
    </message>
    <message>
        <source>, by now old</source>
        <translation>, inzwischen alt</translation>
    </message>
    <message>
        <source>, corrected</source>
        <translation>, korrigiert</translation>
    </message>
    <message>
        <source>, counted {percent} of the time</source>
        <translation>, {percent} der Zeit gezählt</translation>
    </message>
    <message>
        <source>, coverage {percent}</source>
        <translation>, Abdeckung {percent}</translation>
    </message>
    <message>
        <source>, doubtful</source>
        <translation>, zweifelhaft</translation>
    </message>
    <message>
        <source>, if it is a warning or worse</source>
        <translation>, wenn es eine Warnung oder ernster ist</translation>
    </message>
    <message>
        <source>, if it is critical</source>
        <translation>, wenn es kritisch ist</translation>
    </message>
    <message>
        <source>, late</source>
        <translation>, verspätet</translation>
    </message>
    <message>
        <source>, more as you scroll</source>
        <translation>, mehr beim Blättern</translation>
    </message>
    <message>
        <source>, mostly {hours}</source>
        <translation>, meist {hours}</translation>
    </message>
    <message>
        <source>, next try {when_words}</source>
        <translation>, nächster Versuch {when_words}</translation>
    </message>
    <message>
        <source>, out of encryption</source>
        <translation>, ohne Verschlüsselung</translation>
    </message>
    <message>
        <source>, the newest {most}</source>
        <translation>, die neuesten {most}</translation>
    </message>
    <message>
        <source>, the part this computer is in</source>
        <translation>, der Teil, in dem dieser Computer ist</translation>
    </message>
    <message>
        <source>, threshold {limit:.3g}</source>
        <translation>, Schwelle {limit:.3g}</translation>
    </message>
    <message>
        <source>, together with its note in the profile</source>
        <translation>, samt ihrem Vermerk im Profil</translation>
    </message>
    <message>
        <source>, tried again now</source>
        <translation>, wird jetzt erneut versucht</translation>
    </message>
    <message>
        <source>, {number} at night</source>
        <translation>, davon {number} nachts</translation>
    </message>
    <message>
        <source>, {number} wait</source>
        <translation>, wartend: {number}</translation>
    </message>
    <message>
        <source>, {percent} of it still</source>
        <translation>, davon {percent} unbewegt</translation>
    </message>
    <message>
        <source>, {value:.0f} % still</source>
        <translation>, {value:.0f} % unbewegt</translation>
    </message>
    <message>
        <source>, {whole_span} {side} the alert</source>
        <translation>, {whole_span} {side} dem Alarm</translation>
    </message>
    <message>
        <source>- and {left:,} more</source>
        <translation>- und {left:,} weitere</translation>
    </message>
    <message>
        <source>- and {value:,} more</source>
        <translation>- und {value:,} weitere</translation>
    </message>
    <message>
        <source>- {name}, since {clock_time}</source>
        <translation>- {name}, seit {clock_time}</translation>
    </message>
    <message>
        <source>- {title} ({times} times)</source>
        <translation>- {title} ({times}-mal)</translation>
    </message>
    <message>
        <source>0 or /dev/video0</source>
        <translation>0 oder /dev/video0</translation>
    </message>
    <message>
        <source>1  What to check</source>
        <translation>1  Was geprüft wird</translation>
    </message>
    <message>
        <source>1  Where</source>
        <translation>1  Wo</translation>
    </message>
    <message>
        <source>1 alert</source>
        <translation>1 Alarm</translation>
    </message>
    <message>
        <source>1 alert that nobody has seen</source>
        <translation>1 Alarm, den noch niemand gesehen hat</translation>
    </message>
    <message>
        <source>1 alert was open then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 camera</source>
        <translation>1 Kamera</translation>
    </message>
    <message>
        <source>1 camera is added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 camera is added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 camera of the list has another address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 camera waits for a password. {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 camera waits for the keyring, which is locked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 camera waits for the vault&apos;s passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 character</source>
        <translation>1 Zeichen</translation>
    </message>
    <message>
        <source>1 count waits on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 day</source>
        <translation>1 Tag</translation>
    </message>
    <message>
        <source>1 entry</source>
        <translation>1 Eintrag</translation>
    </message>
    <message>
        <source>1 entry is saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 entry of an older CamWatch is protected only since the update.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 entry was written without a key, as no keyring answered. Of it, a change by accident is found, a change on purpose perhaps not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 Stunde</translation>
    </message>
    <message>
        <source>1 hour of where people were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 hour or day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 interval</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 key</source>
        <translation>1 Schlüssel</translation>
    </message>
    <message>
        <source>1 large, {number} small</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 message</source>
        <translation>1 Nachricht</translation>
    </message>
    <message>
        <source>1 message waits for it, and will be tried again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 Minute</translation>
    </message>
    <message>
        <source>1 month</source>
        <translation>1 Monat</translation>
    </message>
    <message>
        <source>1 more alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 more character needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 of {users} has a problem, so nobody can be added yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 or 2 people</source>
        <translation>1 oder 2 Personen</translation>
    </message>
    <message>
        <source>1 other place</source>
        <translation>einem weiteren Ort</translation>
    </message>
    <message>
        <source>1 part</source>
        <translation>1 Teil</translation>
    </message>
    <message>
        <source>1 password is</source>
        <translation>1 Passwort ist</translation>
    </message>
    <message>
        <source>1 person</source>
        <translation>1 Person</translation>
    </message>
    <message>
        <source>1 person, from 1 on it raises an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 picture</source>
        <translation>1 Bild</translation>
    </message>
    <message>
        <source>1 picture of an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 row</source>
        <translation>1 Zeile</translation>
    </message>
    <message>
        <source>1 row waits</source>
        <translation>1 Datensatz wartet</translation>
    </message>
    <message>
        <source>1 second</source>
        <translation>1 Sekunde</translation>
    </message>
    <message>
        <source>1 session</source>
        <translation>1 Sitzung</translation>
    </message>
    <message>
        <source>1 single measurement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 site</source>
        <translation>1 Standort</translation>
    </message>
    <message>
        <source>1 site has</source>
        <translation>1 Standort hat</translation>
    </message>
    <message>
        <source>1 thing has failed or wants attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 thing wants attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 unusual {one}</source>
        <translation>1 ungewöhnliche {one}</translation>
    </message>
    <message>
        <source>1 user</source>
        <translation>1 Benutzer</translation>
    </message>
    <message>
        <source>1 user has the role “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 week</source>
        <translation>1 Woche</translation>
    </message>
    <message>
        <source>1. Scan this with an app for codes, such as the one on your phone.</source>
        <translation>1. Scannen Sie das mit einer App für Codes, etwa der auf Ihrem Telefon.</translation>
    </message>
    <message>
        <source>15 minutes</source>
        <translation>15 Minuten</translation>
    </message>
    <message>
        <source>192.168.1.20 or the whole address</source>
        <translation>192.168.1.20 oder die ganze Adresse</translation>
    </message>
    <message>
        <source>2  Record</source>
        <translation>2  Aufnehmen</translation>
    </message>
    <message>
        <source>2  What was found</source>
        <translation>2  Was gefunden wurde</translation>
    </message>
    <message>
        <source>2. Type the code that it shows now.</source>
        <translation>2. Tippen Sie den Code ein, den sie jetzt zeigt.</translation>
    </message>
    <message>
        <source>25 tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3  Count</source>
        <translation>3  Zählen</translation>
    </message>
    <message>
        <source>3  Names</source>
        <translation>3  Namen</translation>
    </message>
    <message>
        <source>3 to 5 people</source>
        <translation>3 bis 5 Personen</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 Tage</translation>
    </message>
    <message>
        <source>31 people in the hall; the limit is 30.</source>
        <translation>In der Halle sind 31 Personen; die Grenze ist 30.</translation>
    </message>
    <message>
        <source>36 tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>4  Add</source>
        <translation>4  Hinzufügen</translation>
    </message>
    <message>
        <source>4  Result</source>
        <translation>4  Ergebnis</translation>
    </message>
    <message>
        <source>49 tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5 minutes</source>
        <translation>5 Minuten</translation>
    </message>
    <message>
        <source>5 seconds back</source>
        <translation>5 Sekunden zurück</translation>
    </message>
    <message>
        <source>5 seconds back (B)</source>
        <translation>5 Sekunden zurück (B)</translation>
    </message>
    <message>
        <source>6 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>6 people or more</source>
        <translation>6 Personen oder mehr</translation>
    </message>
    <message>
        <source>64 tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>7 days</source>
        <translation>7 Tage</translation>
    </message>
    <message>
        <source>8 hours ago</source>
        <translation>Vor 8 Stunden</translation>
    </message>
    <message>
        <source>90 days</source>
        <translation>90 Tage</translation>
    </message>
    <message>
        <source>; export it to ONNX</source>
        <translation>; exportieren Sie das Modell nach ONNX</translation>
    </message>
    <message>
        <source>; most often: {short}</source>
        <translation>; am häufigsten: {short}</translation>
    </message>
    <message>
        <source>; not over yet, so these are the numbers until {moment}</source>
        <translation>; noch nicht vorbei, daher die Zahlen bis {moment}</translation>
    </message>
    <message>
        <source>; or allow to send without encryption</source>
        <translation>; oder erlauben Sie, ohne Verschlüsselung zu senden</translation>
    </message>
    <message>
        <source>; the last was at {moment}</source>
        <translation>; zuletzt {moment}</translation>
    </message>
    <message>
        <source>; to do without the service, remove it</source>
        <translation>; um ohne den Dienst auszukommen, entfernen Sie ihn</translation>
    </message>
    <message>
        <source>; with the cool-down of {lasting}: {number}</source>
        <translation>; mit der Ruhezeit von {lasting}: {number}</translation>
    </message>
    <message>
        <source>A &amp;file of this computer</source>
        <translation>Eine &amp;Datei dieses Computers</translation>
    </message>
    <message>
        <source>A CSV file with one camera in each line. The first line names the columns: name, location and address are needed; site, username, password and all other settings may follow. Passwords go into this computer&apos;s keyring and nowhere else.</source>
        <translation>Eine CSV-Datei mit einer Kamera in jeder Zeile. Die erste Zeile nennt die Spalten: name, location und address sind nötig; site, username, password und alle anderen Einstellungen können folgen. Passwörter kommen in den Schlüsselbund dieses Computers und nirgendwohin sonst.</translation>
    </message>
    <message>
        <source>A CSV file with one user in each line. The first line names the columns: name and role. There are no passwords in it: each user gets a one-time code, which you see once.</source>
        <translation>Eine CSV-Datei mit einem Benutzer in jeder Zeile. Die erste Zeile nennt die Spalten: name und role. Passwörter stehen nicht darin: Jeder Benutzer bekommt einen Einmalcode, den Sie einmal sehen.</translation>
    </message>
    <message>
        <source>A PEM file. Empty: those of this computer.</source>
        <translation>Eine PEM-Datei. Leer: die Zertifikate dieses Computers.</translation>
    </message>
    <message>
        <source>A Postgre&amp;SQL server</source>
        <translation>Ein PostgreS&amp;QL-Server</translation>
    </message>
    <message>
        <source>A PostgreSQL server that holds the history; empty for the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera counts people in view at once. People who come in and go out are counted only where a line is drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera gets a new certificate when it is reset, updated or replaced. If nobody did that, somebody else may be answering for it: find out before you trust it. Nothing was sent to it, neither the password nor a request.</source>
        <translation>Eine Kamera bekommt ein neues Zertifikat, wenn sie zurückgesetzt, aktualisiert oder ersetzt wird. Hat das niemand getan, antwortet vielleicht jemand anderes an ihrer Stelle: Klären Sie das, bevor Sie dem Zertifikat vertrauen. Es wurde nichts dorthin gesendet, weder das Passwort noch eine Anfrage.</translation>
    </message>
    <message>
        <source>A camera sends no current picture, for whatever reason but being switched off.</source>
        <translation>Eine Kamera sendet kein aktuelles Bild, aus welchem Grund auch immer – außer sie ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>A camera sends the same picture again and again.</source>
        <translation>Eine Kamera sendet immer wieder dasselbe Bild.</translation>
    </message>
    <message>
        <source>A channel that is gone</source>
        <translation>Ein Kanal, den es nicht mehr gibt</translation>
    </message>
    <message>
        <source>A closed alert is deleted after so many days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A closed alert tells nobody, so it need not be shelved.</source>
        <translation>Ein geschlossener Alarm benachrichtigt niemanden; er muss nicht zurückgestellt werden.</translation>
    </message>
    <message>
        <source>A comment belongs to one alert. Select only one.</source>
        <translation>Ein Kommentar gehört zu einem einzelnen Alarm. Wählen Sie nur einen aus.</translation>
    </message>
    <message>
        <source>A comment for the report, such as the weather or an event</source>
        <translation>Ein Kommentar für den Bericht, etwa das Wetter oder eine Veranstaltung</translation>
    </message>
    <message>
        <source>A copy is being made and checked …</source>
        <translation>Eine Kopie wird erstellt und geprüft …</translation>
    </message>
    <message>
        <source>A correction lies over what was measured; nothing that was measured is changed. Charts, reports and exports show the corrected numbers and say so.</source>
        <translation>Eine Korrektur liegt über dem Gemessenen; nichts Gemessenes wird geändert. Diagramme, Berichte und Exporte zeigen die korrigierten Zahlen und weisen darauf hin.</translation>
    </message>
    <message>
        <source>A fault inside CamWatch or one of its parts ended it about {moment}: {fault}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder of pictures…</source>
        <translation>Ein Ordner mit Bildern…</translation>
    </message>
    <message>
        <source>A folder of the profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A hidden area was moved or taken away, so more will be seen than now. Say why; it goes into the audit log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A history is being moved to {place}, and is not complete yet.</source>
        <translation>Ein Verlauf wird nach {place} übertragen und ist noch nicht vollständig.</translation>
    </message>
    <message>
        <source>A larger picture is refused unread, MiB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A line counts who passes it, in and out; a zone counts who stands in it. Draw it with the mouse, or press Enter to put one in the middle and move its ends with the arrow keys. Without, CamWatch counts everybody in view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A line or a zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mail to number@gateway</source>
        <translation>Eine E-Mail an nummer@gateway</translation>
    </message>
    <message>
        <source>A measurement of the minutes before stands for this moment; it is not kept any more.</source>
        <translation>Für diesen Zeitpunkt steht ein Messwert aus den Minuten davor; er wird nicht mehr aufbewahrt.</translation>
    </message>
    <message>
        <source>A message, for example. Try your own words:</source>
        <translation>Eine Nachricht als Beispiel. Probieren Sie eigene Worte:</translation>
    </message>
    <message>
        <source>A name can also be changed by itself: double-click it, or press F2. Emptied, it follows the pattern again.</source>
        <translation>Ein Name lässt sich auch einzeln ändern: Doppelklicken Sie darauf, oder drücken Sie F2. Geleert, folgt er wieder dem Muster.</translation>
    </message>
    <message>
        <source>A new one goes out when the day, week or month that runs now is over.</source>
        <translation>Ein neuer wird gesendet, wenn der laufende Tag, die laufende Woche oder der laufende Monat vorbei ist.</translation>
    </message>
    <message>
        <source>A newer message about the same took its place.</source>
        <translation>Eine neuere Nachricht zum selben Thema ersetzt sie.</translation>
    </message>
    <message>
        <source>A newer version of CamWatch wrote it, and this one would spoil it.</source>
        <translation>Eine neuere Version von CamWatch hat sie geschrieben; diese hier würde sie beschädigen.</translation>
    </message>
    <message>
        <source>A number without an audit is a guess of unknown quality. It says so wherever shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of CamWatch ({worker}) stopped and was started again. You need not do anything. (Error {error_id})</source>
        <translation>Ein Teil von CamWatch ({worker}) ist stehen geblieben und wurde neu gestartet. Sie müssen nichts tun. (Fehler {error_id})</translation>
    </message>
    <message>
        <source>A part of CamWatch ({worker}) stopped several times and is off now. Close CamWatch and start it again. (Error {error_id})</source>
        <translation>Ein Teil von CamWatch ({worker}) ist mehrmals stehen geblieben und jetzt ausgeschaltet. Beenden Sie CamWatch, und starten Sie es neu. (Fehler {error_id})</translation>
    </message>
    <message>
        <source>A person found at {position}.</source>
        <translation>Eine Person, gefunden bei {position}.</translation>
    </message>
    <message>
        <source>A picture is black, overexposed, covered or out of focus.</source>
        <translation>Ein Bild ist schwarz, überbelichtet, verdeckt oder unscharf.</translation>
    </message>
    <message>
        <source>A picture over HTTP</source>
        <translation>Ein Bild über HTTP</translation>
    </message>
    <message>
        <source>A picture was found in: {files}. {facts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A plan says who is told next while nobody acknowledges an alert. Rules that name no plan follow the usual one.</source>
        <translation>Ein Plan legt fest, wer als Nächstes benachrichtigt wird, solange niemand einen Alarm quittiert. Regeln, die keinen Plan nennen, folgen dem üblichen.</translation>
    </message>
    <message>
        <source>A plan says who is told of an alert, by which way and when, while nobody acknowledges it. Rules say which plan they follow.</source>
        <translation>Ein Plan legt fest, wer von einem Alarm wie und wann erfährt, solange ihn niemand quittiert. Regeln legen fest, welchem Plan sie folgen.</translation>
    </message>
    <message>
        <source>A plan that is gone</source>
        <translation>Ein Plan, den es nicht mehr gibt</translation>
    </message>
    <message>
        <source>A recording needs 500 MB of free room, so that the history never runs out of it. Make room on the disk and try again.</source>
        <translation>Eine Aufnahme braucht 500 MB freien Platz, damit er dem Verlauf nie ausgeht. Schaffen Sie Platz auf dem Datenträger und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>A role says what its users may do and whose cameras they see. Viewer, Supervisor and Administrator are always there; copy one to make a role of your own.</source>
        <translation>Eine Rolle legt fest, was ihre Benutzer dürfen und wessen Kameras sie sehen. Betrachter, Leitung und Verwalter gibt es immer; kopieren Sie eine davon, um eine eigene Rolle anzulegen.</translation>
    </message>
    <message>
        <source>A rule and a test alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rule watches for something, and raises an alert when it happens. While it is off, or its hours are over, it raises nothing.</source>
        <translation>Eine Regel achtet auf etwas und löst einen Alarm aus, wenn es geschieht. Solange sie ausgeschaltet ist oder außerhalb ihrer Zeiten löst sie nichts aus.</translation>
    </message>
    <message>
        <source>A rule watches for you and raises an alert. Choose one and its number; on the page Alerts you can change it, and add others with times, people to tell, e-mail and more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rule watches, and raises an alert. At the right you see how often it would have fired with what is stored; that follows while you change it. Nothing counts before you save.</source>
        <translation>Eine Regel achtet auf etwas und löst einen Alarm aus. Rechts sehen Sie, wie oft sie nach den gespeicherten Daten ausgelöst hätte; das folgt Ihren Änderungen. Nichts gilt, bevor Sie speichern.</translation>
    </message>
    <message>
        <source>A run of CamWatch was cut off; nothing says by what.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A run of CamWatch was ended by a fault: {fault}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A service that also knows the users, and which roles it gives.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A sheet for the next shift: what is open, what happened, who did what, and two lines to sign.</source>
        <translation>Ein Blatt für die nächste Schicht: was offen ist, was geschah, wer was getan hat, und zwei Zeilen zum Unterschreiben.</translation>
    </message>
    <message>
        <source>A simulated camera</source>
        <translation>Eine simulierte Kamera</translation>
    </message>
    <message>
        <source>A site</source>
        <translation>Ein Standort</translation>
    </message>
    <message>
        <source>A small stream is enough for counting.</source>
        <translation>Ein kleiner Stream genügt zum Zählen.</translation>
    </message>
    <message>
        <source>A stream that gives no picture for so long is opened anew, seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A test alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A test looks for the four people of a built-in picture, ten times, and shows whom the model finds and how long it takes.</source>
        <translation>Ein Test sucht zehnmal nach den vier Personen eines eingebauten Bildes und zeigt, wen das Modell findet und wie lange es dauert.</translation>
    </message>
    <message>
        <source>A tour needs two pages or walls at least.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A value cannot be used</source>
        <translation>Ein Wert ist nicht verwendbar</translation>
    </message>
    <message>
        <source>A video or picture…</source>
        <translation>Ein Video oder Bild…</translation>
    </message>
    <message>
        <source>A video, picture or folder on this computer, to try things out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A video, picture or folder, to try things out.</source>
        <translation>Ein Video, Bild oder Ordner, zum Ausprobieren.</translation>
    </message>
    <message>
        <source>A visit counts once it has ended, for the hour in which it began.</source>
        <translation>Ein Besuch zählt, sobald er beendet ist, für die Stunde, in der er begann.</translation>
    </message>
    <message>
        <source>A watcher there notices when these stop, even if this computer is dead. 0 for never.</source>
        <translation>Ein Wächter dort bemerkt es, wenn sie ausbleiben, selbst wenn dieser Computer ausgefallen ist. 0 für nie.</translation>
    </message>
    <message>
        <source>A&amp;dd a line</source>
        <translation>Zeile &amp;hinzufügen</translation>
    </message>
    <message>
        <source>A&amp;dd a step</source>
        <translation>Schritt &amp;hinzufügen</translation>
    </message>
    <message>
        <source>A&amp;lways on call</source>
        <translation>&amp;Immer in Bereitschaft</translation>
    </message>
    <message>
        <source>A&amp;udience</source>
        <translation>E&amp;mpfänger</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Betrifft</translation>
    </message>
    <message>
        <source>About CamWatch</source>
        <translation>Über CamWatch</translation>
    </message>
    <message>
        <source>About the file</source>
        <translation>Zur Datei</translation>
    </message>
    <message>
        <source>About {count} pictures of {size} are deleted. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {number} pictures, roughly {size} on the disk.</source>
        <translation>Etwa {number} Bilder, ungefähr {size} auf dem Datenträger.</translation>
    </message>
    <message>
        <source>About {rows}, {megabytes}.</source>
        <translation>Etwa {rows}, {megabytes}.</translation>
    </message>
    <message>
        <source>Acco&amp;unt (SID)</source>
        <translation>&amp;Konto (SID)</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Accuracy, as known today: {badge}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy: {short}</source>
        <translation>Genauigkeit: {short}</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>Quittieren</translation>
    </message>
    <message>
        <source>Acknowledge alerts</source>
        <translation>Alarme quittieren</translation>
    </message>
    <message>
        <source>Acknowledge with a comment</source>
        <translation>Mit Kommentar quittieren</translation>
    </message>
    <message>
        <source>Acknowledged</source>
        <translation>Quittiert</translation>
    </message>
    <message>
        <source>Acknowledged {these}.</source>
        <translation>Quittiert: {these}.</translation>
    </message>
    <message>
        <source>Action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Active</source>
        <translation>Aktiv</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add &amp;e-mail…</source>
        <translation>&amp;E-Mail hinzufügen…</translation>
    </message>
    <message>
        <source>Add &amp;group…</source>
        <translation>&amp;Gruppe hinzufügen…</translation>
    </message>
    <message>
        <source>Add &amp;more cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add &amp;webhook…</source>
        <translation>&amp;Webhook hinzufügen…</translation>
    </message>
    <message>
        <source>Add a &amp;date that differs</source>
        <translation>Abweichendes Dat&amp;um hinzufügen</translation>
    </message>
    <message>
        <source>Add a &amp;field</source>
        <translation>&amp;Feld hinzufügen</translation>
    </message>
    <message>
        <source>Add a &amp;header</source>
        <translation>&amp;Kopfzeile hinzufügen</translation>
    </message>
    <message>
        <source>Add a camera</source>
        <translation>Kamera hinzufügen</translation>
    </message>
    <message>
        <source>Add a camera first: a rule has to watch something.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a camera, and its picture and the number of people in it appear here. You need its address and, if it asks for one, its user name and password.</source>
        <translation>Fügen Sie eine Kamera hinzu; dann erscheinen ihr Bild und die Zahl der Personen darin hier. Sie brauchen ihre Adresse und, falls sie danach fragt, ihren Benutzernamen und ihr Passwort.</translation>
    </message>
    <message>
        <source>Add a channel</source>
        <translation>Kanal hinzufügen</translation>
    </message>
    <message>
        <source>Add a comment to the history</source>
        <translation>Dem Verlauf einen Kommentar hinzufügen</translation>
    </message>
    <message>
        <source>Add a corner</source>
        <translation>Ecke hinzufügen</translation>
    </message>
    <message>
        <source>Add a group</source>
        <translation>Gruppe hinzufügen</translation>
    </message>
    <message>
        <source>Add a group of recipients</source>
        <translation>Empfängergruppe hinzufügen</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>Modell hinzufügen</translation>
    </message>
    <message>
        <source>Add a model file</source>
        <translation>Modelldatei hinzufügen</translation>
    </message>
    <message>
        <source>Add a recipient</source>
        <translation>Empfänger hinzufügen</translation>
    </message>
    <message>
        <source>Add a report that is sent by itself</source>
        <translation>Automatisch gesendeten Bericht hinzufügen</translation>
    </message>
    <message>
        <source>Add a role</source>
        <translation>Rolle hinzufügen</translation>
    </message>
    <message>
        <source>Add a rule</source>
        <translation>Regel hinzufügen</translation>
    </message>
    <message>
        <source>Add a user</source>
        <translation>Benutzer hinzufügen</translation>
    </message>
    <message>
        <source>Add a user ({sequence_of})</source>
        <translation>Einen Benutzer hinzufügen ({sequence_of})</translation>
    </message>
    <message>
        <source>Add an escalation plan</source>
        <translation>Eskalationsplan hinzufügen</translation>
    </message>
    <message>
        <source>Add another camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add camera</source>
        <translation>Kamera hinzufügen</translation>
    </message>
    <message>
        <source>Add cameras</source>
        <translation>Kameras hinzufügen</translation>
    </message>
    <message>
        <source>Add e-mail…</source>
        <translation>E-Mail hinzufügen…</translation>
    </message>
    <message>
        <source>Add one on the page Cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add recipient…</source>
        <translation>Empfänger hinzufügen…</translation>
    </message>
    <message>
        <source>Add text &amp;messages…</source>
        <translation>&amp;SMS hinzufügen…</translation>
    </message>
    <message>
        <source>Add the comment</source>
        <translation>Kommentar hinzufügen</translation>
    </message>
    <message>
        <source>Add the first camera</source>
        <translation>Erste Kamera hinzufügen</translation>
    </message>
    <message>
        <source>Add the first one: all you need is its address, and its user name and password.</source>
        <translation>Fügen Sie die erste hinzu: Sie brauchen nur ihre Adresse sowie ihren Benutzernamen und ihr Passwort.</translation>
    </message>
    <message>
        <source>Add the users of a list, a CSV file</source>
        <translation>Die Benutzer einer Liste, einer CSV-Datei, hinzufügen</translation>
    </message>
    <message>
        <source>Add {what}</source>
        <translation>{what} hinzufügen</translation>
    </message>
    <message>
        <source>Add, change and remove cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Address of another database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the login service, https; empty for none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the news</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation>Adressen</translation>
    </message>
    <message>
        <source>Addresses asked</source>
        <translation>Gefragte Adressen</translation>
    </message>
    <message>
        <source>Administer</source>
        <translation>Verwalten</translation>
    </message>
    <message>
        <source>Administrator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Administrator guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nach</translation>
    </message>
    <message>
        <source>After a restart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After closing nobody can see them again. “Reset password” makes a new code for a user.</source>
        <translation>Nach dem Schließen kann niemand sie mehr sehen. „Passwort zurücksetzen“ erzeugt einen neuen Code für einen Benutzer.</translation>
    </message>
    <message>
        <source>After so long a user is signed out, however busy. 1 to 12 hours. Sessions that are open now keep the end they have.</source>
        <translation>Nach so langer Zeit wird ein Benutzer abgemeldet, auch mitten in der Arbeit. 1 bis 12 Stunden. Jetzt offene Sitzungen behalten ihr bisheriges Ende.</translation>
    </message>
    <message>
        <source>After so long without keys or mouse CamWatch locks itself. The user&apos;s password unlocks it; nothing that was being entered is lost. 1 to 720 minutes.</source>
        <translation>Nach so langer Zeit ohne Tastatur und Maus sperrt sich CamWatch. Das Passwort des Benutzers entsperrt es; nichts, was gerade eingegeben wurde, geht verloren. 1 bis 720 Minuten.</translation>
    </message>
    <message>
        <source>After so many failures in a row a camera is left alone for a while.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After so many minutes without keys or mouse CamWatch locks itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After somebody was told of an alert, nobody is told of the same one for so long.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After your password you have five minutes. Please begin anew.</source>
        <translation>Nach Ihrem Passwort haben Sie fünf Minuten Zeit. Bitte beginnen Sie von vorn.</translation>
    </message>
    <message>
        <source>After {tries} no try is accepted for a while. “Reset password” ends the rest.</source>
        <translation>Nach {tries} wird eine Weile kein Versuch angenommen. „Passwort zurücksetzen“ beendet die Sperre.</translation>
    </message>
    <message>
        <source>Alarm</source>
        <translation>Alarm</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>Alarm</translation>
    </message>
    <message>
        <source>Alert at {at}: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alert before</source>
        <translation>Voriger Alarm</translation>
    </message>
    <message>
        <source>Alert {alert_number} was open.</source>
        <translation>Alarm {alert_number} war offen.</translation>
    </message>
    <message>
        <source>Alert {number}: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alert, closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alert, next step</source>
        <translation>Alarm, nächster Schritt</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>Alerts are heard here</source>
        <translation>Alarme sind hier zu hören</translation>
    </message>
    <message>
        <source>Alerts are muted here until {clock_time}</source>
        <translation>Alarme sind hier stumm bis {clock_time}</translation>
    </message>
    <message>
        <source>Alerts are posted here</source>
        <translation>Alarme werden hierhin gesendet</translation>
    </message>
    <message>
        <source>Alerts are told on the screen only: no plan uses a channel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts do not get out</source>
        <translation>Alarme kommen nicht hinaus</translation>
    </message>
    <message>
        <source>Alerts do not get through</source>
        <translation>Alarme kommen nicht an</translation>
    </message>
    <message>
        <source>Alerts do not leave this screen yet</source>
        <translation>Alarme verlassen diesen Bildschirm noch nicht</translation>
    </message>
    <message>
        <source>Alerts of severity {less} are told to nobody; they are only in the inbox.</source>
        <translation>Alarme mit dem Schweregrad {less} werden niemandem gemeldet; sie stehen nur in der Alarmliste.</translation>
    </message>
    <message>
        <source>Alerts of this rule in the last seven days: {fired}</source>
        <translation>Alarme dieser Regel in den letzten sieben Tagen: {fired}</translation>
    </message>
    <message>
        <source>Alerts that are less than critical go out together after this time. 0 sends each at once; critical ones never wait.</source>
        <translation>Alarme, die weniger als kritisch sind, gehen nach dieser Zeit gesammelt hinaus. Bei 0 wird jeder sofort gesendet; kritische warten nie.</translation>
    </message>
    <message>
        <source>Alerts that follow it now go on by the usual plan.</source>
        <translation>Alarme, die ihm jetzt folgen, laufen nach dem üblichen Plan weiter.</translation>
    </message>
    <message>
        <source>Alerts that were open then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts that were raised in this time, newest first; drills are left out.</source>
        <translation>Alarme, die in dieser Zeit ausgelöst wurden, neueste zuerst; Probealarme sind ausgelassen.</translation>
    </message>
    <message>
        <source>Alerts: the inbox, and the hand-over of a shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts: what happened, rules, and who is told.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>All cameras</source>
        <translation>Alle Kameras</translation>
    </message>
    <message>
        <source>All cameras are on the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All cameras together, on average over each step. Hatched: nothing was measured. Strip below: coverage.</source>
        <translation>Alle Kameras zusammen, im Mittel über jeden Schritt. Schraffiert: nichts gemessen. Streifen unten: Abdeckung.</translation>
    </message>
    <message>
        <source>All cameras, also later ones</source>
        <translation>Alle Kameras, auch spätere</translation>
    </message>
    <message>
        <source>All channels in use work.</source>
        <translation>Alle verwendeten Kanäle funktionieren.</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>All files of CamWatch are searched for pictures while this camera is counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All is as it was then. The last measurement in it is of {moment}</source>
        <translation>Alles ist, wie es damals war. Der letzte Messwert darin ist vom {moment}</translation>
    </message>
    <message>
        <source>All is counted.</source>
        <translation>Alles ist gezählt.</translation>
    </message>
    <message>
        <source>All is well</source>
        <translation>Alles in Ordnung</translation>
    </message>
    <message>
        <source>All keys. Everything can be done without a mouse.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>Alle Arten</translation>
    </message>
    <message>
        <source>All lines and gates</source>
        <translation>Alle Linien und Tore</translation>
    </message>
    <message>
        <source>All lines and gates added up. Hatched: nobody could be counted. Strip below: time in which they could.</source>
        <translation>Alle Linien und Tore zusammengezählt. Schraffiert: niemand konnte gezählt werden. Streifen unten: Zeit, in der das möglich war.</translation>
    </message>
    <message>
        <source>All lines and gates of some sites or cameras</source>
        <translation>Alle Linien und Tore einiger Standorte oder Kameras</translation>
    </message>
    <message>
        <source>All lines and gates, also later ones</source>
        <translation>Alle Linien und Tore, auch spätere</translation>
    </message>
    <message>
        <source>All numbers of this time are as they were measured.</source>
        <translation>Alle Zahlen dieser Zeit sind so, wie sie gemessen wurden.</translation>
    </message>
    <message>
        <source>All of the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of the picture</source>
        <translation>Das ganze Bild</translation>
    </message>
    <message>
        <source>All of the picture (0)</source>
        <translation>Ganzes Bild (0)</translation>
    </message>
    <message>
        <source>All open sessions end. From then on the password alone lets the user in, until a new device is set up; where the role needs a second factor, the next sign-in asks for that. Make sure that it is really this user who asks you.</source>
        <translation>Alle offenen Sitzungen enden. Von da an genügt dem Benutzer das Passwort allein, bis ein neues Gerät eingerichtet ist; wo die Rolle einen zweiten Faktor verlangt, fragt die nächste Anmeldung danach. Vergewissern Sie sich, dass Sie wirklich dieser Benutzer darum bittet.</translation>
    </message>
    <message>
        <source>All passwords go into this computer&apos;s keyring, and the vault is deleted. Copies of its file still open with its passphrase.</source>
        <translation>Alle Passwörter kommen in den Schlüsselbund dieses Computers, und der Tresor wird gelöscht. Kopien seiner Datei lassen sich weiterhin mit seiner Passphrase öffnen.</translation>
    </message>
    <message>
        <source>All quiet</source>
        <translation>Alles ruhig</translation>
    </message>
    <message>
        <source>All roles</source>
        <translation>Alle Rollen</translation>
    </message>
    <message>
        <source>All sites</source>
        <translation>Alle Standorte</translation>
    </message>
    <message>
        <source>All that the vault holds is encrypted anew. Older copies of its file still open with the present passphrase.</source>
        <translation>Alles, was der Tresor enthält, wird neu verschlüsselt. Ältere Kopien seiner Datei lassen sich weiterhin mit der jetzigen Passphrase öffnen.</translation>
    </message>
    <message>
        <source>All the time that people spent there, added up: 3 people for 2 hours are 6 people-hours. Only measured time counts, so gaps make it smaller.</source>
        <translation>Die gesamte Zeit, die Personen dort verbrachten, zusammengezählt: 3 Personen für 2 Stunden sind 6 Personenstunden. Nur gemessene Zeit zählt; Lücken machen den Wert also kleiner.</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>Alle zusammen</translation>
    </message>
    <message>
        <source>All together take at &amp;most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {cameras_words} can be added</source>
        <translation>Ohne Probleme zum Hinzufügen bereit: {cameras_words}</translation>
    </message>
    <message>
        <source>All {count} steps went as they should.</source>
        <translation>Alle {count} Schritte liefen wie vorgesehen.</translation>
    </message>
    <message>
        <source>All {known} people found, and nobody else.</source>
        <translation>Alle {known} Personen gefunden und sonst niemanden.</translation>
    </message>
    <message>
        <source>All {number} channels of alerts were last proven {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {number} workers run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {number} workers run; {restarts} times one broke and was restarted in this run.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow &amp;Basic sign-in</source>
        <translation>Basic-Anmeldung &amp;erlauben</translation>
    </message>
    <message>
        <source>Allow &amp;Basic sign-in without encryption</source>
        <translation>&amp;Basic-Anmeldung ohne Verschlüsselung erlauben</translation>
    </message>
    <message>
        <source>Allow a gateway in the local network</source>
        <translation>Ein Gateway im lokalen Netz erlauben</translation>
    </message>
    <message>
        <source>Allow an address in the local network</source>
        <translation>Eine Adresse im lokalen Netz erlauben</translation>
    </message>
    <message>
        <source>Allow http:// without encryption</source>
        <translation>http:// ohne Verschlüsselung erlauben</translation>
    </message>
    <message>
        <source>Allow or stop a user</source>
        <translation>Benutzer zulassen oder sperren</translation>
    </message>
    <message>
        <source>Allow this computer and &amp;link-local addresses</source>
        <translation>Diesen Computer und link-lo&amp;kale Adressen erlauben</translation>
    </message>
    <message>
        <source>Also tell &amp;when it is over</source>
        <translation>Auch melden, &amp;wenn es vorbei ist</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>An administrator can add them here.</source>
        <translation>Ein Verwalter kann sie hier hinzufügen.</translation>
    </message>
    <message>
        <source>An administrator can allow local addresses in the camera&apos;s settings.</source>
        <translation>Ein Verwalter kann lokale Adressen in den Einstellungen der Kamera erlauben.</translation>
    </message>
    <message>
        <source>An administrator can compare its fingerprint and trust it in the camera&apos;s settings.</source>
        <translation>Ein Verwalter kann in den Einstellungen der Kamera den Fingerabdruck vergleichen und ihm vertrauen.</translation>
    </message>
    <message>
        <source>An administrator can switch it on under Cameras.</source>
        <translation>Ein Verwalter kann sie unter „Kameras“ einschalten.</translation>
    </message>
    <message>
        <source>An alert has come in</source>
        <translation>Ein Alarm ist eingegangen</translation>
    </message>
    <message>
        <source>An alert that nobody has seen is sent on to the next person of the plan. Put it on the shelf only if you know why it will come back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An alert that nobody sees is none. This lets people appear on a simulated camera and follows the alert until its popup stands in the corner of this window; it says that it is a drill, and is closed by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An alert will look like this:</source>
        <translation>So wird ein Alarm aussehen:</translation>
    </message>
    <message>
        <source>An audit tells how right the numbers of a camera are. You record it for some minutes and count the people yourself, without seeing what the program counted. CamWatch compares the two and puts the result as a badge beside the camera&apos;s numbers.</source>
        <translation>Eine Prüfung zeigt, wie genau die Zahlen einer Kamera sind. Sie nehmen einige Minuten auf und zählen die Personen selbst, ohne zu sehen, was das Programm gezählt hat. CamWatch vergleicht beides und zeigt das Ergebnis als Plakette neben den Zahlen der Kamera.</translation>
    </message>
    <message>
        <source>An end before the start means over night.</source>
        <translation>Ein Ende vor dem Anfang bedeutet: über Nacht.</translation>
    </message>
    <message>
        <source>An operator is signed out after so many hours, however busy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Analysis threads; 0 takes one less than there are cores, two at least.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>And when its number of people changes, but at most one in 10 seconds. “Off” keeps none: the time machine then shows numbers and pictures of alerts only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>And {number} more.</source>
        <translation>Und {number} weitere.</translation>
    </message>
    <message>
        <source>And {value} more kinds of rows.</source>
        <translation>Und {value} weitere Arten von Datensätzen.</translation>
    </message>
    <message>
        <source>And {value} more.</source>
        <translation>Und {value} weitere.</translation>
    </message>
    <message>
        <source>Another CamWatch, with another profile, uses the history that belongs to {file}. Two of them would damage it: close that one first. Several computers can share a history on a PostgreSQL server.</source>
        <translation>Ein anderes CamWatch mit einem anderen Profil verwendet den Verlauf, der zu {file} gehört. Zwei davon würden ihn beschädigen: Schließen Sie zuerst jenes. Auf einem PostgreSQL-Server können sich mehrere Computer einen Verlauf teilen.</translation>
    </message>
    <message>
        <source>Another audit would tell how right the numbers are now.</source>
        <translation>Eine weitere Prüfung würde zeigen, wie genau die Zahlen jetzt sind.</translation>
    </message>
    <message>
        <source>Another database; empty is the profile&apos;s own file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another place for the history</source>
        <translation>Ein anderer Ort für den Verlauf</translation>
    </message>
    <message>
        <source>Another program holds {place} ({said}). Wait until it is done, or end its transaction.</source>
        <translation>Ein anderes Programm hält {place} fest ({said}). Warten Sie, bis es fertig ist, oder beenden Sie seine Transaktion.</translation>
    </message>
    <message>
        <source>Another program is moving a history to {place}.</source>
        <translation>Ein anderes Programm überträgt gerade einen Verlauf nach {place}.</translation>
    </message>
    <message>
        <source>Another program is using the history.</source>
        <translation>Ein anderes Programm benutzt den Verlauf.</translation>
    </message>
    <message>
        <source>Another program is using {file} ({detail}). Close that program, or wait until it is done.</source>
        <translation>Ein anderes Programm verwendet {file} ({detail}). Schließen Sie dieses Programm, oder warten Sie, bis es fertig ist.</translation>
    </message>
    <message>
        <source>Another workstation counts “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any camera</source>
        <translation>Alle Kameras</translation>
    </message>
    <message>
        <source>Any gateway, asked with GET</source>
        <translation>Beliebiges Gateway, mit GET angesprochen</translation>
    </message>
    <message>
        <source>Any gateway, asked with POST</source>
        <translation>Beliebiges Gateway, mit POST angesprochen</translation>
    </message>
    <message>
        <source>Any result</source>
        <translation>Alle Ergebnisse</translation>
    </message>
    <message>
        <source>Any severity</source>
        <translation>Jeder Schweregrad</translation>
    </message>
    <message>
        <source>Any state</source>
        <translation>Jeder Zustand</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>Beliebige Zeit</translation>
    </message>
    <message>
        <source>Any way</source>
        <translation>Jeder Weg</translation>
    </message>
    <message>
        <source>Anybody</source>
        <translation>Alle Personen</translation>
    </message>
    <message>
        <source>Anybody on the way can read the history, and the password with some servers. Only for a server on this same computer.</source>
        <translation>Jeder auf dem Weg kann den Verlauf lesen, bei manchen Servern auch das Passwort. Nur für einen Server auf diesem Computer selbst.</translation>
    </message>
    <message>
        <source>Anybody who can listen in the network can read it. Allow it only for cameras that know nothing better, or with https.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anything</source>
        <translation>Alle Aktionen</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apr</source>
        <translation>Apr</translation>
    </message>
    <message>
        <source>April</source>
        <translation>April</translation>
    </message>
    <message>
        <source>Apr|April</source>
        <translation>Apr|April</translation>
    </message>
    <message>
        <source>Areas that are never shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrange by hand…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrange the tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrange the tiles by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>As</source>
        <translation>Als</translation>
    </message>
    <message>
        <source>As corrected until now: {in_out}.</source>
        <translation>Bisher korrigiert auf: {in_out}.</translation>
    </message>
    <message>
        <source>As in the settings</source>
        <translation>Wie in den Einstellungen</translation>
    </message>
    <message>
        <source>As measured</source>
        <translation>Wie gemessen</translation>
    </message>
    <message>
        <source>As of {local:%Y-%m-%d %H:%M:%S} ({key})</source>
        <translation>Stand: {local:%d.%m.%Y %H:%M:%S} ({key})</translation>
    </message>
    <message>
        <source>As soon as somebody acknowledges the alert, no further step is taken.</source>
        <translation>Sobald jemand den Alarm quittiert, folgt kein weiterer Schritt.</translation>
    </message>
    <message>
        <source>As this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As users like</source>
        <translation>Freiwillig</translation>
    </message>
    <message>
        <source>Ask ONVIF cameras to answer (&amp;multicast)</source>
        <translation>ONVIF-Kameras um Antwort bitten (&amp;Multicast)</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Noch einmal fragen</translation>
    </message>
    <message>
        <source>Ask an administrator to compare the new keys with what the service&apos;s operators say, and to trust them in the settings of the login service.</source>
        <translation>Bitten Sie einen Verwalter, die neuen Schlüssel mit dem zu vergleichen, was die Betreiber des Dienstes sagen, und ihnen in den Einstellungen des Anmeldedienstes zu vertrauen.</translation>
    </message>
    <message>
        <source>Ask an administrator to do it, or to give you another role.</source>
        <translation>Bitten Sie einen Verwalter, es zu tun oder Ihnen eine andere Rolle zu geben.</translation>
    </message>
    <message>
        <source>Ask first in a network that is not yours</source>
        <translation>Fragen Sie in einem fremden Netz zuerst</translation>
    </message>
    <message>
        <source>Ask for a newer version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for newer versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for pictures less often, or use fewer cameras.</source>
        <translation>Rufen Sie seltener Bilder ab, oder verwenden Sie weniger Kameras.</translation>
    </message>
    <message>
        <source>Ask the keyring again</source>
        <translation>Schlüsselbund noch einmal fragen</translation>
    </message>
    <message>
        <source>Ask the server&apos;s administrator for a line in pg_hba.conf that allows it.</source>
        <translation>Bitten Sie den Verwalter des Servers um eine Zeile in pg_hba.conf, die das erlaubt.</translation>
    </message>
    <message>
        <source>Ask which threshold fits</source>
        <translation>Fragen, welche Schwelle passt</translation>
    </message>
    <message>
        <source>Ask who runs it for the address that holds now.</source>
        <translation>Fragen Sie den Betreiber nach der jetzt gültigen Adresse.</translation>
    </message>
    <message>
        <source>Ask your administrator for one.</source>
        <translation>Bitten Sie Ihren Verwalter um eine.</translation>
    </message>
    <message>
        <source>Ask your administrator for the right to write it.</source>
        <translation>Bitten Sie Ihren Verwalter um das Recht, sie zu schreiben.</translation>
    </message>
    <message>
        <source>Ask your administrator to enter the address at which the service answers itself.</source>
        <translation>Bitten Sie Ihren Verwalter, die Adresse einzutragen, unter der der Dienst selbst antwortet.</translation>
    </message>
    <message>
        <source>Asking the service …</source>
        <translation>Der Dienst wird gefragt …</translation>
    </message>
    <message>
        <source>At least {shortest} characters, and not your user name. A few words that only you put together are best.</source>
        <translation>Mindestens {shortest} Zeichen, und nicht Ihr Benutzername. Am besten sind ein paar Wörter, die nur Sie so zusammenstellen.</translation>
    </message>
    <message>
        <source>At least {shortest} characters. Five or six words that only you put together are best.</source>
        <translation>Mindestens {shortest} Zeichen. Am besten sind fünf oder sechs Wörter, die nur Sie so zusammenstellen.</translation>
    </message>
    <message>
        <source>At next sign-in</source>
        <translation>Bei nächster Anmeldung</translation>
    </message>
    <message>
        <source>At the first time its history is made up, which takes some seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At this hour of the day each channel in use proves that it works, by the clocks of the site; -1 for never.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At this spot: 1 person appeared or vanished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At this spot: {people:,} people appeared or vanished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At this spot: {stay}, everybody added up</source>
        <translation>An dieser Stelle: {stay}, alle zusammengezählt</translation>
    </message>
    <message>
        <source>Attach the picture of the moment</source>
        <translation>Bild des Zeitpunkts anhängen</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audience of its tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Audit of {camera_name}</source>
        <translation>Prüfung von {camera_name}</translation>
    </message>
    <message>
        <source>Audit of {name}</source>
        <translation>Prüfung von {name}</translation>
    </message>
    <message>
        <source>Audit of {name}: {about}</source>
        <translation>Prüfung von {name}: {about}</translation>
    </message>
    <message>
        <source>Audit people in view or random pictures of this camera, as it is set up now. Then this page can say which threshold fits it.</source>
        <translation>Prüfen Sie Personen im Bild oder zufällige Bilder dieser Kamera, so wie sie jetzt eingerichtet ist. Dann kann diese Seite sagen, welche Schwelle zu ihr passt.</translation>
    </message>
    <message>
        <source>Audit {uid} of {camera_name}</source>
        <translation>Prüfung {uid} von {camera_name}</translation>
    </message>
    <message>
        <source>Audited on {audited} ({about}), but nobody was there to be counted.</source>
        <translation>Geprüft am {audited} ({about}), aber es war niemand da, der zu zählen gewesen wäre.</translation>
    </message>
    <message>
        <source>Audited on {audited} ({about}), but with too little to say how right it is.</source>
        <translation>Geprüft am {audited} ({about}), aber es war zu wenig, um zu sagen, wie genau die Zahlen sind.</translation>
    </message>
    <message>
        <source>Audits of this camera</source>
        <translation>Prüfungen dieser Kamera</translation>
    </message>
    <message>
        <source>Audits so far</source>
        <translation>Bisherige Prüfungen</translation>
    </message>
    <message>
        <source>Aug</source>
        <translation>Aug</translation>
    </message>
    <message>
        <source>August</source>
        <translation>August</translation>
    </message>
    <message>
        <source>Aug|August</source>
        <translation>Aug|August</translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back (Alt+Left)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back from one camera to all</source>
        <translation>Von einer Kamera zurück zu allen</translation>
    </message>
    <message>
        <source>Back to all cameras</source>
        <translation>Zurück zu allen Kameras</translation>
    </message>
    <message>
        <source>Back to default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to default: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the &amp;live view</source>
        <translation>Zurück zur &amp;Live-Ansicht</translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation>Zurück zur Liste</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rücktaste</translation>
    </message>
    <message>
        <source>Base path</source>
        <translation>Basispfad</translation>
    </message>
    <message>
        <source>Basic sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Basic sign-in sends the password readable for everybody on this network. Use it only where the camera offers neither https nor Digest.</source>
        <translation>Die Basic-Anmeldung sendet das Passwort für alle in diesem Netz lesbar. Verwenden Sie sie nur, wo die Kamera weder https noch Digest anbietet.</translation>
    </message>
    <message>
        <source>Basic sign-in without encryption is {allowed}</source>
        <translation>Basic-Anmeldung ohne Verschlüsselung ist {allowed}</translation>
    </message>
    <message>
        <source>Begin a drill</source>
        <translation>Probealarm beginnen</translation>
    </message>
    <message>
        <source>Begin a new history</source>
        <translation>Neuen Verlauf beginnen</translation>
    </message>
    <message>
        <source>Begin a new history?</source>
        <translation>Einen neuen Verlauf beginnen?</translation>
    </message>
    <message>
        <source>Begin or end a tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beginning</source>
        <translation>Beginn</translation>
    </message>
    <message>
        <source>Begins with https, such as https://login.example.com</source>
        <translation>Beginnt mit https, etwa https://login.example.com</translation>
    </message>
    <message>
        <source>Being repaired</source>
        <translation>Wird repariert</translation>
    </message>
    <message>
        <source>Being sent since {moment}.</source>
        <translation>Wird seit {moment} gesendet.</translation>
    </message>
    <message>
        <source>Being undone …</source>
        <translation>Wird rückgängig gemacht …</translation>
    </message>
    <message>
        <source>Benchmarks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Block where a camera led to</source>
        <translation>Blockieren, wohin eine Kamera führte</translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation>Blockiert</translation>
    </message>
    <message>
        <source>Blurred</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both entries must be the same.</source>
        <translation>Beide Eingaben müssen gleich sein.</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Boxes (B)</source>
        <translation>Rahmen (B)</translation>
    </message>
    <message>
        <source>Boxes around people</source>
        <translation>Rahmen um Personen</translation>
    </message>
    <message>
        <source>Boxes around people, on and off</source>
        <translation>Rahmen um Personen, ein und aus</translation>
    </message>
    <message>
        <source>Boxes in the picture, on and off</source>
        <translation>Rahmen im Bild, ein und aus</translation>
    </message>
    <message>
        <source>Break off a drill</source>
        <translation>Probealarm abbrechen</translation>
    </message>
    <message>
        <source>Brightest spot: {word}</source>
        <translation>Hellste Stelle: {word}</translation>
    </message>
    <message>
        <source>Bring a workspace file in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring in:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>By asking all at once</source>
        <translation>Durch eine Frage an alle zugleich</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By hour</source>
        <translation>Nach Stunde</translation>
    </message>
    <message>
        <source>By the clocks of the site.</source>
        <translation>Nach den Uhren des Standorts.</translation>
    </message>
    <message>
        <source>By the site&apos;s clocks.</source>
        <translation>Nach der Uhrzeit des Standorts.</translation>
    </message>
    <message>
        <source>C&amp;laim with the roles</source>
        <translation>C&amp;laim mit den Rollen</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>CamWatch &lt;alerts@example.org&gt;</source>
        <translation>CamWatch &lt;alerts@example.org&gt;</translation>
    </message>
    <message>
        <source>CamWatch asks once a day whether there is a newer version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch asks the network which cameras there are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch cannot start</source>
        <translation>CamWatch kann nicht starten</translation>
    </message>
    <message>
        <source>CamWatch counts people in the pictures of cameras. You go on once the live picture is here, so that you know that the camera works. More cameras can be added later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch did not end as it should the last time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch did not run, or nothing was stored</source>
        <translation>CamWatch lief nicht, oder es wurde nichts gespeichert</translation>
    </message>
    <message>
        <source>CamWatch does not ask for newer versions: it is switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch does not follow, because the alert would go to somebody else.</source>
        <translation>CamWatch folgt nicht, weil der Alarm sonst an jemand anderen ginge.</translation>
    </message>
    <message>
        <source>CamWatch does not follow, because your password would go along.</source>
        <translation>CamWatch folgt nicht, weil Ihr Passwort mitginge.</translation>
    </message>
    <message>
        <source>CamWatch draws people who walk about. Nobody in it is real; it is marked as simulated, and can be removed at any time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch ended</source>
        <translation>CamWatch wurde beendet</translation>
    </message>
    <message>
        <source>CamWatch ends</source>
        <translation>CamWatch wird beendet</translation>
    </message>
    <message>
        <source>CamWatch goes on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch goes on counting in the tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch goes on recording meanwhile.</source>
        <translation>CamWatch zeichnet währenddessen weiter auf.</translation>
    </message>
    <message>
        <source>CamWatch installs nothing by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch is already running with this profile. Look for its window, or start this one with --profile and another folder.</source>
        <translation>CamWatch läuft bereits mit diesem Profil. Suchen Sie sein Fenster, oder starten Sie dieses mit --profile und einem anderen Ordner.</translation>
    </message>
    <message>
        <source>CamWatch is counting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch is locked</source>
        <translation>CamWatch ist gesperrt</translation>
    </message>
    <message>
        <source>CamWatch is not set up to the end yet. “Set up CamWatch…” in the operator menu goes on as well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch itself</source>
        <translation>CamWatch selbst</translation>
    </message>
    <message>
        <source>CamWatch keeps the camera&apos;s pictures and, hidden from you, its own counts.</source>
        <translation>CamWatch bewahrt die Bilder der Kamera auf und, für Sie verborgen, seine eigenen Zählwerte.</translation>
    </message>
    <message>
        <source>CamWatch makes a checked copy once a day and before each change of its tables. A copy holds everything but the passwords, which are in the keyring, and pictures. Copy the newest one to another disk from time to time: a copy on the same disk is lost with it.</source>
        <translation>CamWatch erstellt einmal am Tag und vor jeder Änderung seiner Tabellen eine geprüfte Kopie. Eine Kopie enthält alles außer den Passwörtern, die im Schlüsselbund liegen, und Bildern. Kopieren Sie die neueste ab und zu auf einen anderen Datenträger: Eine Kopie auf demselben Datenträger geht mit ihm verloren.</translation>
    </message>
    <message>
        <source>CamWatch needs version {oldest_server} or newer.</source>
        <translation>CamWatch braucht Version {oldest_server} oder neuer.</translation>
    </message>
    <message>
        <source>CamWatch on the desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch posts each alert as JSON to an address of another program, such as a chat, a ticket system or a watcher.</source>
        <translation>CamWatch sendet jeden Alarm als JSON an die Adresse eines anderen Programms, etwa eines Chats, eines Ticketsystems oder eines Wächters.</translation>
    </message>
    <message>
        <source>CamWatch searches only when you press the button, and only where you say.</source>
        <translation>CamWatch sucht nur, wenn Sie auf die Schaltfläche drücken, und nur dort, wo Sie es angeben.</translation>
    </message>
    <message>
        <source>CamWatch sends mails through a mail server that you have an account at. It is always talked to with encryption.</source>
        <translation>CamWatch sendet E-Mails über einen Mailserver, bei dem Sie ein Konto haben. Die Verbindung ist immer verschlüsselt.</translation>
    </message>
    <message>
        <source>CamWatch sends text messages through a gateway, a paid service in the internet, that you have an account at.</source>
        <translation>CamWatch sendet SMS über ein Gateway, einen kostenpflichtigen Dienst im Internet, bei dem Sie ein Konto haben.</translation>
    </message>
    <message>
        <source>CamWatch starts when this account signs in to the computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch then asks devices inside your network, this computer included. Tick this only for a gateway of your own.</source>
        <translation>CamWatch fragt dann Geräte in Ihrem Netz an, auch diesen Computer. Schalten Sie das nur für ein eigenes Gateway ein.</translation>
    </message>
    <message>
        <source>CamWatch then posts to devices inside your network, this computer included. Tick this only if the address is yours.</source>
        <translation>CamWatch sendet dann an Geräte in Ihrem Netz, auch an diesen Computer. Schalten Sie das nur ein, wenn es Ihre Adresse ist.</translation>
    </message>
    <message>
        <source>CamWatch tries again by itself.</source>
        <translation>CamWatch versucht es von selbst erneut.</translation>
    </message>
    <message>
        <source>CamWatch was not running</source>
        <translation>CamWatch lief nicht</translation>
    </message>
    <message>
        <source>CamWatch {version}</source>
        <translation>CamWatch {version}</translation>
    </message>
    <message>
        <source>CamWatch {version} counts the people that cameras see.

It works on this computer alone: no picture leaves it.
Licensed under the Apache License 2.0. Icons by Lucide (ISC licence).</source>
        <translation>CamWatch {version} zählt die Personen, die Kameras sehen.

Es arbeitet allein auf diesem Computer: Kein Bild verlässt ihn.
Lizenziert unter der Apache License 2.0. Symbole von Lucide (ISC-Lizenz).</translation>
    </message>
    <message>
        <source>CamWatch {version} is there, and closes a security hole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch {version} is there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch {version} · {footer}</source>
        <translation>CamWatch {version} · {footer}</translation>
    </message>
    <message>
        <source>CamWatch {version} · {title}</source>
        <translation>CamWatch {version} · {title}</translation>
    </message>
    <message>
        <source>CamWatch {version}, seen {moment_of}</source>
        <translation>CamWatch {version}, gesehen {moment_of}</translation>
    </message>
    <message>
        <source>CamWatch, plan “{name}”</source>
        <translation>CamWatch, Plan „{name}“</translation>
    </message>
    <message>
        <source>CamWatch, warning: Hall: 31 people (limit 30). Alert 214, 12:04.</source>
        <translation>CamWatch, Warnung: Halle: 31 Personen (Grenze 30). Alarm 214, 12:04.</translation>
    </message>
    <message>
        <source>CamWatch: a test of this channel</source>
        <translation>CamWatch: ein Test dieses Kanals</translation>
    </message>
    <message>
        <source>CamWatch: demonstration</source>
        <translation>CamWatch: Vorführung</translation>
    </message>
    <message>
        <source>CamWatch: first start</source>
        <translation>CamWatch: erster Start</translation>
    </message>
    <message>
        <source>CamWatch: help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: history and storage</source>
        <translation>CamWatch: Verlauf und Speicherung</translation>
    </message>
    <message>
        <source>CamWatch: locked</source>
        <translation>CamWatch: gesperrt</translation>
    </message>
    <message>
        <source>CamWatch: my account</source>
        <translation>CamWatch: mein Konto</translation>
    </message>
    <message>
        <source>CamWatch: sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: set up, step {number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: sign in</source>
        <translation>CamWatch: Anmeldung</translation>
    </message>
    <message>
        <source>CamWatch: sounds of alerts</source>
        <translation>CamWatch: Töne der Alarme</translation>
    </message>
    <message>
        <source>CamWatch: the daily proof of this channel</source>
        <translation>CamWatch: der tägliche Nachweis dieses Kanals</translation>
    </message>
    <message>
        <source>CamWatch: the database server is away</source>
        <translation>CamWatch: Der Datenbankserver ist nicht erreichbar</translation>
    </message>
    <message>
        <source>CamWatch: the history is damaged</source>
        <translation>CamWatch: Der Verlauf ist beschädigt</translation>
    </message>
    <message>
        <source>CamWatch: vault for passwords</source>
        <translation>CamWatch: Tresor für Passwörter</translation>
    </message>
    <message>
        <source>CamWatch: your password</source>
        <translation>CamWatch: Ihr Passwort</translation>
    </message>
    <message>
        <source>CamWatch: {title}{title2}</source>
        <translation>CamWatch: {title}{title2}</translation>
    </message>
    <message>
        <source>Came too fast to be recorded, so missing: {pictures}.</source>
        <translation>Kam zu schnell, um aufgenommen zu werden, und fehlt daher: {pictures}.</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Camera blind</source>
        <translation>Kamera blind</translation>
    </message>
    <message>
        <source>Camera down</source>
        <translation>Kamera ausgefallen</translation>
    </message>
    <message>
        <source>Camera passwords are kept in the desktop&apos;s keyring ({name}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera passwords are kept in the desktop&apos;s keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera states</source>
        <translation>Kamerazustände</translation>
    </message>
    <message>
        <source>Camera {camera_id}</source>
        <translation>Kamera {camera_id}</translation>
    </message>
    <message>
        <source>Camera {gone_camera} {gone}</source>
        <translation>Kamera {gone_camera} {gone}</translation>
    </message>
    <message>
        <source>Camera {page} of {pages}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>Kameras</translation>
    </message>
    <message>
        <source>Cameras added</source>
        <translation>Hinzugefügte Kameras</translation>
    </message>
    <message>
        <source>Cameras and their accuracy</source>
        <translation>Kameras und ihre Genauigkeit</translation>
    </message>
    <message>
        <source>Cameras are shown, but nobody is counted. Look at Health for what is wrong with the model.</source>
        <translation>Kameras werden angezeigt, aber niemand wird gezählt. Sehen Sie unter „Zustand“ nach, was mit dem Modell nicht stimmt.</translation>
    </message>
    <message>
        <source>Cameras of the list</source>
        <translation>Kameras der Liste</translation>
    </message>
    <message>
        <source>Cameras that are to be added</source>
        <translation>Kameras, die hinzugefügt werden sollen</translation>
    </message>
    <message>
        <source>Cameras that fail together</source>
        <translation>Gemeinsam ausgefallene Kameras</translation>
    </message>
    <message>
        <source>Cameras that were found</source>
        <translation>Gefundene Kameras</translation>
    </message>
    <message>
        <source>Cameras, by number</source>
        <translation>Kameras, nach Nummer</translation>
    </message>
    <message>
        <source>Cameras, users and rules have to be set up once more, and the charts begin today. A copy can be put back later.</source>
        <translation>Kameras, Benutzer und Regeln müssen noch einmal eingerichtet werden, und die Diagramme beginnen heute. Eine Kopie lässt sich später zurückholen.</translation>
    </message>
    <message>
        <source>Cameras, zones, rules and settings as one file, to take along or to bring in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Can sign in.</source>
        <translation>Kann sich anmelden.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cannot be checked now: {entries}, {at}</source>
        <translation>Kann jetzt nicht geprüft werden: {entries}, {at}</translation>
    </message>
    <message>
        <source>Cannot be taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation>Nicht verwendbar</translation>
    </message>
    <message>
        <source>Cannot sign in. What this user did stays in the audit log.</source>
        <translation>Kann sich nicht anmelden. Was dieser Benutzer getan hat, bleibt im Protokoll.</translation>
    </message>
    <message>
        <source>Cannot tell: pass over</source>
        <translation>Nicht zu erkennen: überspringen</translation>
    </message>
    <message>
        <source>Cause in common: {common}. Look there first.</source>
        <translation>Gemeinsame Ursache: {common}. Sehen Sie dort zuerst nach.</translation>
    </message>
    <message>
        <source>Certainty from which a person counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certi&amp;ficate…</source>
        <translation>&amp;Zertifikat…</translation>
    </message>
    <message>
        <source>Certificate changed</source>
        <translation>Zertifikat geändert</translation>
    </message>
    <message>
        <source>Certificate of {name}</source>
        <translation>Zertifikat von {name}</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation>Zertifikate (*.pem *.crt *.cer)</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>Zertifikate (*.pem *.crt *.cer);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Certificates for the database server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates for the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates to trus&amp;t</source>
        <translation>Vertrauenswürdige &amp;Zertifikate</translation>
    </message>
    <message>
        <source>Certificates to trust</source>
        <translation>Vertrauenswürdige Zertifikate</translation>
    </message>
    <message>
        <source>Certificates to trust for it (PEM). Empty: those of this computer.</source>
        <translation>Zertifikate, denen dafür vertraut wird (PEM). Leer: die dieses Computers.</translation>
    </message>
    <message>
        <source>Certificates to trust for it, PEM; empty for those of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ch&amp;oose…</source>
        <translation>A&amp;uswählen…</translation>
    </message>
    <message>
        <source>Change a camera</source>
        <translation>Kamera ändern</translation>
    </message>
    <message>
        <source>Change a channel</source>
        <translation>Kanal ändern</translation>
    </message>
    <message>
        <source>Change a group of recipients</source>
        <translation>Empfängergruppe ändern</translation>
    </message>
    <message>
        <source>Change a recipient</source>
        <translation>Empfänger ändern</translation>
    </message>
    <message>
        <source>Change a report that is sent by itself</source>
        <translation>Automatisch gesendeten Bericht ändern</translation>
    </message>
    <message>
        <source>Change a role</source>
        <translation>Rolle ändern</translation>
    </message>
    <message>
        <source>Change a rule</source>
        <translation>Regel ändern</translation>
    </message>
    <message>
        <source>Change a wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change addresses and hours (Enter)</source>
        <translation>Adressen und Zeiten ändern (Eingabe)</translation>
    </message>
    <message>
        <source>Change an escalation plan</source>
        <translation>Eskalationsplan ändern</translation>
    </message>
    <message>
        <source>Change cameras</source>
        <translation>Kameras ändern</translation>
    </message>
    <message>
        <source>Change how long the history is kept</source>
        <translation>Ändern, wie lange der Verlauf aufbewahrt wird</translation>
    </message>
    <message>
        <source>Change how pictures are kept for the time machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change how the screen looks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change it</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Change lines and zones</source>
        <translation>Linien und Zonen ändern</translation>
    </message>
    <message>
        <source>Change settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change several cameras…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the &amp;passphrase…</source>
        <translation>&amp;Passphrase ändern…</translation>
    </message>
    <message>
        <source>Change the login service</source>
        <translation>Anmeldedienst ändern</translation>
    </message>
    <message>
        <source>Change the own password</source>
        <translation>Eigenes Passwort ändern</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>Passphrase ändern</translation>
    </message>
    <message>
        <source>Change the security settings</source>
        <translation>Sicherheitseinstellungen ändern</translation>
    </message>
    <message>
        <source>Change the settings, and send a test with them (Enter)</source>
        <translation>Einstellungen ändern und einen Test damit senden (Eingabe)</translation>
    </message>
    <message>
        <source>Change the threshold</source>
        <translation>Schwelle ändern</translation>
    </message>
    <message>
        <source>Change the vault&apos;s passphrase</source>
        <translation>Passphrase des Tresors ändern</translation>
    </message>
    <message>
        <source>Change what is selected</source>
        <translation>Das Ausgewählte ändern</translation>
    </message>
    <message>
        <source>Change what may be seen of people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change who belongs to the group (Enter)</source>
        <translation>Ändern, wer zur Gruppe gehört (Eingabe)</translation>
    </message>
    <message>
        <source>Change who is told, and when (Enter)</source>
        <translation>Ändern, wer wann benachrichtigt wird (Eingabe)</translation>
    </message>
    <message>
        <source>Change your password</source>
        <translation>Passwort ändern</translation>
    </message>
    <message>
        <source>Change {cameras_words}</source>
        <translation>{cameras_words} ändern</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Changed only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed or added: {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed since</source>
        <translation>Seitdem geändert</translation>
    </message>
    <message>
        <source>Changed: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>Channels of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chapter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>Charts, totals with their coverage, cameras, lines, corrections and alerts, on paper.</source>
        <translation>Diagramme, Summen mit ihrer Abdeckung, Kameras, Linien, Korrekturen und Alarme, auf Papier.</translation>
    </message>
    <message>
        <source>Charts: how many people there were.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check address, port and encryption: something else may be listening there.</source>
        <translation>Prüfen Sie Adresse, Port und Verschlüsselung: Vielleicht antwortet dort etwas anderes.</translation>
    </message>
    <message>
        <source>Check all that are shown</source>
        <translation>Alle gezeigten ankreuzen</translation>
    </message>
    <message>
        <source>Check both, and whether Caps Lock is on.</source>
        <translation>Prüfen Sie beides, und ob die Feststelltaste eingeschaltet ist.</translation>
    </message>
    <message>
        <source>Check date and time of this computer; if they are right, tell your administrator.</source>
        <translation>Prüfen Sie Datum und Uhrzeit dieses Computers; wenn sie stimmen, sagen Sie Ihrem Verwalter Bescheid.</translation>
    </message>
    <message>
        <source>Check its name, and that your account may read it.</source>
        <translation>Prüfen Sie den Namen der Datei und ob Ihr Konto sie lesen darf.</translation>
    </message>
    <message>
        <source>Check none</source>
        <translation>Keine ankreuzen</translation>
    </message>
    <message>
        <source>Check that the camera is running and that its port is right.</source>
        <translation>Prüfen Sie, ob die Kamera läuft und ihr Port stimmt.</translation>
    </message>
    <message>
        <source>Check that the disk of the profile is there, is not full, and may be written. Counts are kept aside until it works again, for a while.</source>
        <translation>Prüfen Sie, ob der Datenträger des Profils da ist, nicht voll ist und beschrieben werden darf. Zählwerte werden eine Zeit lang zwischengespeichert, bis es wieder geht.</translation>
    </message>
    <message>
        <source>Check the address and the port, and whether this computer&apos;s network and its firewall let CamWatch out.</source>
        <translation>Prüfen Sie Adresse und Port und ob das Netzwerk und die Firewall dieses Computers CamWatch hinauslassen.</translation>
    </message>
    <message>
        <source>Check the address and this computer&apos;s network.</source>
        <translation>Prüfen Sie die Adresse und das Netzwerk dieses Computers.</translation>
    </message>
    <message>
        <source>Check the address. If it is meant to be in your own network, allow that in the settings of the channel.</source>
        <translation>Prüfen Sie die Adresse. Soll sie in Ihrem eigenen Netzwerk liegen, erlauben Sie das in den Einstellungen des Kanals.</translation>
    </message>
    <message>
        <source>Check the audit log</source>
        <translation>Protokoll prüfen</translation>
    </message>
    <message>
        <source>Check the c&amp;ode</source>
        <translation>Code &amp;prüfen</translation>
    </message>
    <message>
        <source>Check the camera&apos;s certificate and clock, and whether it needs http or https.</source>
        <translation>Prüfen Sie Zertifikat und Uhr der Kamera und ob sie http oder https braucht.</translation>
    </message>
    <message>
        <source>Check the camera&apos;s network cable.</source>
        <translation>Prüfen Sie das Netzwerkkabel der Kamera.</translation>
    </message>
    <message>
        <source>Check the camera&apos;s power and network cable.</source>
        <translation>Prüfen Sie Stromversorgung und Netzwerkkabel der Kamera.</translation>
    </message>
    <message>
        <source>Check the certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the code</source>
        <translation>Code prüfen</translation>
    </message>
    <message>
        <source>Check the disk and its cable, and make a copy of the history on another one.</source>
        <translation>Prüfen Sie den Datenträger und sein Kabel, und kopieren Sie den Verlauf auf einen anderen.</translation>
    </message>
    <message>
        <source>Check the exposure in the camera&apos;s settings.</source>
        <translation>Prüfen Sie die Belichtung in den Einstellungen der Kamera.</translation>
    </message>
    <message>
        <source>Check the host name, or enter the camera&apos;s IP address instead.</source>
        <translation>Prüfen Sie den Hostnamen, oder geben Sie stattdessen die IP-Adresse der Kamera ein.</translation>
    </message>
    <message>
        <source>Check the light and the lens cap.</source>
        <translation>Prüfen Sie das Licht und den Objektivdeckel.</translation>
    </message>
    <message>
        <source>Check the name and the password, and try again in a minute. {local}</source>
        <translation>Prüfen Sie Name und Passwort, und versuchen Sie es in einer Minute erneut. {local}</translation>
    </message>
    <message>
        <source>Check the name, and this computer&apos;s network.</source>
        <translation>Prüfen Sie den Namen und das Netz dieses Computers.</translation>
    </message>
    <message>
        <source>Check the name, the password and the network, and try again. {local}</source>
        <translation>Prüfen Sie Name, Passwort und Netzwerk, und versuchen Sie es erneut. {local}</translation>
    </message>
    <message>
        <source>Check the names, or have database and user made as docs/postgresql.md says.</source>
        <translation>Prüfen Sie die Namen, oder lassen Sie Datenbank und Benutzer anlegen, wie docs/postgresql.md es beschreibt.</translation>
    </message>
    <message>
        <source>Check the path of the snapshot in the camera&apos;s settings.</source>
        <translation>Prüfen Sie den Pfad des Schnappschusses in den Einstellungen der Kamera.</translation>
    </message>
    <message>
        <source>Check the port, and whether it needs http or https.</source>
        <translation>Prüfen Sie den Port und ob die Kamera http oder https braucht.</translation>
    </message>
    <message>
        <source>Check the session</source>
        <translation>Sitzung prüfen</translation>
    </message>
    <message>
        <source>Check these addresses with the people they belong to.</source>
        <translation>Prüfen Sie diese Adressen mit den Personen, denen sie gehören.</translation>
    </message>
    <message>
        <source>Check this computer&apos;s network cable or Wi-Fi.</source>
        <translation>Prüfen Sie Netzwerkkabel oder WLAN dieses Computers.</translation>
    </message>
    <message>
        <source>Checking that nobody has changed the log …</source>
        <translation>Es wird geprüft, dass niemand das Protokoll geändert hat …</translation>
    </message>
    <message>
        <source>Choose &amp;a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a camera for an empty place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation>Datei wählen</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>Ordner wählen</translation>
    </message>
    <message>
        <source>Choose a new password</source>
        <translation>Neues Passwort wählen</translation>
    </message>
    <message>
        <source>Choose a reason, or write your own</source>
        <translation>Wählen Sie einen Grund, oder schreiben Sie einen eigenen</translation>
    </message>
    <message>
        <source>Choose an entry to see all of it.</source>
        <translation>Wählen Sie einen Eintrag, um alles dazu zu sehen.</translation>
    </message>
    <message>
        <source>Choose an hour with a click or the arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one camera above to see the single measurement with its proof.</source>
        <translation>Wählen Sie oben eine einzelne Kamera, um den einzelnen Messwert mit seinem Beleg zu sehen.</translation>
    </message>
    <message>
        <source>Choose one camera to see its lines, gates and zones.</source>
        <translation>Wählen Sie eine einzelne Kamera, um ihre Linien, Tore und Zonen zu sehen.</translation>
    </message>
    <message>
        <source>Choose the c&amp;amera…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the model that counts</source>
        <translation>Modell wählen, das zählt</translation>
    </message>
    <message>
        <source>Choose the name and password of the first administrator.</source>
        <translation>Wählen Sie Name und Passwort des ersten Verwalters.</translation>
    </message>
    <message>
        <source>Choose the other kind of encryption with its port, or ask who runs the server to switch encryption on. CamWatch sends nothing in the clear.</source>
        <translation>Wählen Sie die andere Art der Verschlüsselung mit ihrem Port, oder bitten Sie den Betreiber des Servers, die Verschlüsselung einzuschalten. CamWatch sendet nichts unverschlüsselt.</translation>
    </message>
    <message>
        <source>Choose where the history is</source>
        <translation>Wählen, wo der Verlauf liegt</translation>
    </message>
    <message>
        <source>Choose who is told</source>
        <translation>Auswählen, wer benachrichtigt wird</translation>
    </message>
    <message>
        <source>Choose whose numbers</source>
        <translation>Wählen, wessen Zahlen gezeigt werden</translation>
    </message>
    <message>
        <source>Choose who…</source>
        <translation>Auswählen, wer…</translation>
    </message>
    <message>
        <source>Choose your password</source>
        <translation>Wählen Sie Ihr Passwort</translation>
    </message>
    <message>
        <source>Choose: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chooses and moves what is drawn.</source>
        <translation>Wählt und bewegt, was gezeichnet ist.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Auswählen…</translation>
    </message>
    <message>
        <source>Claim that names the roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clean the lens and set its focus.</source>
        <translation>Reinigen Sie das Objektiv, und stellen Sie es scharf.</translation>
    </message>
    <message>
        <source>Cleaning or building work</source>
        <translation>Reinigung oder Bauarbeiten</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Click a line, a zone or a person to choose it, or take a tool to draw. Tab goes from one to the next.</source>
        <translation>Klicken Sie eine Linie, eine Zone oder eine Person an, um sie auszuwählen, oder nehmen Sie ein Werkzeug zum Zeichnen. Tab geht von einem zum nächsten.</translation>
    </message>
    <message>
        <source>Click or press Enter to take the second line as it is offered, or draw another one. Esc gives up.</source>
        <translation>Klicken Sie oder drücken Sie die Eingabetaste, um die zweite Linie wie angeboten zu nehmen, oder zeichnen Sie eine andere. Esc bricht ab.</translation>
    </message>
    <message>
        <source>Click the corners of {what}, one after the other, going round it. {middle}</source>
        <translation>Klicken Sie eine Ecke nach der anderen an, rund um {what}. {middle}</translation>
    </message>
    <message>
        <source>Click the next corner. Backspace removes the last one, Esc gives up.</source>
        <translation>Klicken Sie die nächste Ecke an. Die Rücktaste entfernt die letzte, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clock was set</source>
        <translation>Uhr wurde gestellt</translation>
    </message>
    <message>
        <source>Clocks</source>
        <translation>Zeitzone</translation>
    </message>
    <message>
        <source>Clocks of {key}.</source>
        <translation>Uhrzeiten nach {key}.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close &amp;all the same</source>
        <translation>&amp;Trotzdem schließen</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>Close CamWatch and start it again: it then offers what can be done.</source>
        <translation>Schließen Sie CamWatch, und starten Sie es neu: Es bietet dann an, was sich tun lässt.</translation>
    </message>
    <message>
        <source>Close and go on &amp;later</source>
        <translation>Schließen und später 473=Schließen und &amp;später weitermachenweitermachen</translation>
    </message>
    <message>
        <source>Close other programs that use it, and try again.</source>
        <translation>Schließen Sie andere Programme, die ihn benutzen, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Close other programs, or ask the administrator to raise the limit of open files.</source>
        <translation>Schließen Sie andere Programme, oder bitten Sie den Verwalter, die Grenze für offene Dateien zu erhöhen.</translation>
    </message>
    <message>
        <source>Close the details</source>
        <translation>Einzelheiten schließen</translation>
    </message>
    <message>
        <source>Close the details (Esc)</source>
        <translation>Einzelheiten schließen (Esc)</translation>
    </message>
    <message>
        <source>Close the other program that shows its picture.</source>
        <translation>Schließen Sie das andere Programm, das ihr Bild zeigt.</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Close this message; the alert stays in the inbox</source>
        <translation>Diesen Hinweis schließen; der Alarm bleibt im Eingang</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>Geschlossen</translation>
    </message>
    <message>
        <source>Closed alerts are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing the window leaves CamWatch in the tray</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closing the window leaves CamWatch running in the tray, where there is one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Co&amp;mpared with {count}…</source>
        <translation>Ve&amp;rglichen mit {count}…</translation>
    </message>
    <message>
        <source>Co&amp;mpare…</source>
        <translation>Ve&amp;rgleichen…</translation>
    </message>
    <message>
        <source>Co&amp;py</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Co&amp;unting</source>
        <translation>Zä&amp;hlung</translation>
    </message>
    <message>
        <source>Code has run out</source>
        <translation>Code abgelaufen</translation>
    </message>
    <message>
        <source>Code holds until {moment}</source>
        <translation>Code gilt bis {moment}</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours from dark for 0 to light for {top:g} people on average. Hatched: {low}. A stroke: {unknown}.</source>
        <translation>Farben von dunkel für 0 bis hell für im Mittel {top:g} Personen. Schraffiert: {low}. Ein Strich: {unknown}.</translation>
    </message>
    <message>
        <source>Colours from little to much: </source>
        <translation>Farben von wenig bis viel: </translation>
    </message>
    <message>
        <source>Colours: dark, light, or high contrast.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours: how long people stood at a spot, everybody added up.</source>
        <translation>Farben: wie lange Personen an einer Stelle standen, alle zusammengezählt.</translation>
    </message>
    <message>
        <source>Colours: how many people appeared or vanished in the middle of the view, where nobody can come in or go out. Keep lines away from bright spots, unless there is a door.</source>
        <translation>Farben: wie viele Personen mitten im Bild auftauchten oder verschwanden, wo niemand hereinkommen oder hinausgehen kann. Zeichnen Sie Linien nicht an hellen Stellen, außer dort ist eine Tür.</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Come back when people have walked by for an hour or more.</source>
        <translation>Kommen Sie wieder, wenn mindestens eine Stunde lang Personen vorbeigegangen sind.</translation>
    </message>
    <message>
        <source>Come nearer (+)</source>
        <translation>Vergrößern (+)</translation>
    </message>
    <message>
        <source>Come nearer, go farther</source>
        <translation>Näher heran, weiter weg</translation>
    </message>
    <message>
        <source>Command line</source>
        <translation>Kommandozeile</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>Kommentar</translation>
    </message>
    <message>
        <source>Comment on an alert</source>
        <translation>Alarm kommentieren</translation>
    </message>
    <message>
        <source>Comment…</source>
        <translation>Kommentar…</translation>
    </message>
    <message>
        <source>Common sign-in</source>
        <translation>Gemeinsame Anmeldung</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compare from this day on</source>
        <translation>Ab diesem Tag vergleichen</translation>
    </message>
    <message>
        <source>Compare with another time</source>
        <translation>Mit einer anderen Zeit vergleichen</translation>
    </message>
    <message>
        <source>Compare with nothing</source>
        <translation>Mit nichts vergleichen</translation>
    </message>
    <message>
        <source>Compare with {what}</source>
        <translation>Vergleichen mit {what}</translation>
    </message>
    <message>
        <source>Compared</source>
        <translation>Verglichen</translation>
    </message>
    <message>
        <source>Compared with</source>
        <translation>Verglichen mit</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>Computer</translation>
    </message>
    <message>
        <source>Computes in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Konfidenz</translation>
    </message>
    <message>
        <source>Confirm an offline sign-in</source>
        <translation>Offline-Anmeldung bestätigen</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>Verbindet</translation>
    </message>
    <message>
        <source>Consolas</source>
        <translation>Consolas</translation>
    </message>
    <message>
        <source>Cool-down</source>
        <translation>Ruhezeit</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>Kopiert.</translation>
    </message>
    <message>
        <source>Copied. Paste them where only you can read them.</source>
        <translation>Kopiert. Fügen Sie sie dort ein, wo nur Sie sie lesen können.</translation>
    </message>
    <message>
        <source>Copies</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies of the history</source>
        <translation>Sicherungskopien des Verlaufs</translation>
    </message>
    <message>
        <source>Copies, damaged files, and moving a history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy all of this as text</source>
        <translation>All das als Text kopieren</translation>
    </message>
    <message>
        <source>Copy as a picture (Ctrl+Shift+C)</source>
        <translation>Als Bild kopieren (Strg+Umschalt+C)</translation>
    </message>
    <message>
        <source>Copy as picture</source>
        <translation>Als Bild kopieren</translation>
    </message>
    <message>
        <source>Copy as picture (Ctrl+C in the map)</source>
        <translation>Als Bild kopieren (Strg+C in der Karte)</translation>
    </message>
    <message>
        <source>Copy it to the other side before you save: it is not shown again.</source>
        <translation>Kopieren Sie es zur Gegenseite, bevor Sie speichern: Es wird nicht noch einmal angezeigt.</translation>
    </message>
    <message>
        <source>Copy of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation>Text kopieren</translation>
    </message>
    <message>
        <source>Copy the chart as a picture</source>
        <translation>Das Diagramm als Bild kopieren</translation>
    </message>
    <message>
        <source>Copy the secret</source>
        <translation>Das Geheimnis kopieren</translation>
    </message>
    <message>
        <source>Copy the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corner {removeprefix} {reason}.</source>
        <translation>Ecke {removeprefix} {reason}.</translation>
    </message>
    <message>
        <source>Corner {value}</source>
        <translation>Ecke {value}</translation>
    </message>
    <message>
        <source>Corners, in % of the picture</source>
        <translation>Ecken, in % des Bildes</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Korrigieren</translation>
    </message>
    <message>
        <source>Correct counts</source>
        <translation>Zählwerte korrigieren</translation>
    </message>
    <message>
        <source>Correct numbers</source>
        <translation>Zahlen korrigieren</translation>
    </message>
    <message>
        <source>Correct numbers…</source>
        <translation>Zahlen korrigieren…</translation>
    </message>
    <message>
        <source>Correct the list and choose it again, or add only the good ones.</source>
        <translation>Berichtigen Sie die Liste, und wählen Sie sie noch einmal, oder fügen Sie nur die guten hinzu.</translation>
    </message>
    <message>
        <source>Correct the list and choose it again: all are added, or nobody.</source>
        <translation>Korrigieren Sie die Liste, und wählen Sie sie erneut: Entweder werden alle hinzugefügt oder niemand.</translation>
    </message>
    <message>
        <source>Correct the settings first.</source>
        <translation>Berichtigen Sie zuerst die Einstellungen.</translation>
    </message>
    <message>
        <source>Correction</source>
        <translation>Korrektur</translation>
    </message>
    <message>
        <source>Corrections</source>
        <translation>Korrekturen</translation>
    </message>
    <message>
        <source>Corrections…</source>
        <translation>Korrekturen…</translation>
    </message>
    <message>
        <source>Correct…</source>
        <translation>Korrigieren…</translation>
    </message>
    <message>
        <source>Cost of one part</source>
        <translation>Preis eines Teils</translation>
    </message>
    <message>
        <source>Costs least; right for most counting.</source>
        <translation>Kostet am wenigsten; meist das Richtige zum Zählen.</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>Zählen</translation>
    </message>
    <message>
        <source>Count a recording by hand</source>
        <translation>Aufnahme von Hand auszählen</translation>
    </message>
    <message>
        <source>Count each person &amp;once</source>
        <translation>&amp;Jede Person einmal zählen</translation>
    </message>
    <message>
        <source>Count everybody of whom you see at least half, then press Enter.</source>
        <translation>Zählen Sie alle, von denen Sie mindestens die Hälfte sehen, und drücken Sie dann die Eingabetaste.</translation>
    </message>
    <message>
        <source>Count only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count people here again</source>
        <translation>Hier wieder Personen zählen</translation>
    </message>
    <message>
        <source>Count “{name}” with a threshold of {suggested:.2f}?</source>
        <translation>„{name}“ mit einer Schwelle von {suggested:.2f} zählen?</translation>
    </message>
    <message>
        <source>Count&amp;ry of numbers without +</source>
        <translation>&amp;Land der Nummern ohne +</translation>
    </message>
    <message>
        <source>Counted</source>
        <translation>Gezählt</translation>
    </message>
    <message>
        <source>Counted at {time} in one picture, mean score {score} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counted by</source>
        <translation>Gezählt von</translation>
    </message>
    <message>
        <source>Counted elsewhere</source>
        <translation>Anderswo gezählt</translation>
    </message>
    <message>
        <source>Counted {age} before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counted {span} ago</source>
        <translation>Vor {span} gezählt</translation>
    </message>
    <message>
        <source>Counting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts from</source>
        <translation>Zählt ab</translation>
    </message>
    <message>
        <source>Counts from a certainty of: {certainty}</source>
        <translation>Zählt ab einer Gewissheit von: {certainty}</translation>
    </message>
    <message>
        <source>Counts from when somebody was told. Anything more serious breaks through.</source>
        <translation>Zählt ab der Benachrichtigung. Ernsteres wird trotzdem gemeldet.</translation>
    </message>
    <message>
        <source>Counts over time</source>
        <translation>Zählwerte im Zeitverlauf</translation>
    </message>
    <message>
        <source>Counts there are doubtful. Look whether the lens is covered, dirty or out of focus, or the light has failed.</source>
        <translation>Die Zählwerte dort sind zweifelhaft. Sehen Sie nach, ob das Objektiv verdeckt, verschmutzt oder unscharf ist oder ob das Licht ausgefallen ist.</translation>
    </message>
    <message>
        <source>Counts to be saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts wait on this computer and are saved when it is back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts who passes both its lines, one after the other.</source>
        <translation>Zählt, wer beide Linien überquert, eine nach der anderen.</translation>
    </message>
    <message>
        <source>Counts who passes it, in and out.</source>
        <translation>Zählt, wer sie überquert, hinein und hinaus.</translation>
    </message>
    <message>
        <source>Counts who stands in it now.</source>
        <translation>Zählt, wer jetzt darin steht.</translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation>Abdeckung</translation>
    </message>
    <message>
        <source>Coverage is measured time divided by the time the camera was there; mean and peak are those of the measured part.</source>
        <translation>Abdeckung ist die gemessene Zeit, geteilt durch die Zeit, in der es die Kamera gab; Mittel und Spitze gelten für den gemessenen Teil.</translation>
    </message>
    <message>
        <source>Coverage is the time in which passing could be counted. A line that was moved begins anew.</source>
        <translation>Abdeckung ist die Zeit, in der Durchgänge gezählt werden konnten. Eine verschobene Linie beginnt neu.</translation>
    </message>
    <message>
        <source>Create and sign in</source>
        <translation>Anlegen und anmelden</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>Kritisch</translation>
    </message>
    <message>
        <source>Critical alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical from</source>
        <translation>Kritisch ab</translation>
    </message>
    <message>
        <source>Ctrl++  Ctrl+-</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+,  or  Ctrl+9</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Home</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Currency</source>
        <translation>Währung</translation>
    </message>
    <message>
        <source>Custom</source>
        <translation>Eigener Zeitraum</translation>
    </message>
    <message>
        <source>DRILL, not real</source>
        <translation>PROBEALARM, nicht echt</translation>
    </message>
    <message>
        <source>DRILL, not real. </source>
        <translation>PROBEALARM, nicht echt. </translation>
    </message>
    <message>
        <source>Daily copies</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Daily proof</source>
        <translation>Tägliche Kanalprüfung</translation>
    </message>
    <message>
        <source>Daily {day_words}</source>
        <translation>Täglich {day_words}</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Database on the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Database server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>Date and time to go to, by the site&apos;s clock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Day</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Day mean</source>
        <translation>Tagesmittel</translation>
    </message>
    <message>
        <source>Day, week or month</source>
        <translation>Tag, Woche oder Monat</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>Tageswerte</translation>
    </message>
    <message>
        <source>Days of lines</source>
        <translation>Tageswerte von Linien</translation>
    </message>
    <message>
        <source>Days of zones</source>
        <translation>Tageswerte von Zonen</translation>
    </message>
    <message>
        <source>Dec</source>
        <translation>Dez</translation>
    </message>
    <message>
        <source>December</source>
        <translation>Dezember</translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation>Dekodieren</translation>
    </message>
    <message>
        <source>Dec|December</source>
        <translation>Dez|Dezember</translation>
    </message>
    <message>
        <source>Default: {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DejaVu Sans Mono</source>
        <translation>DejaVu Sans Mono</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Entf</translation>
    </message>
    <message>
        <source>Delay</source>
        <translation>Verzögerung</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete a copy</source>
        <translation>Kopie löschen</translation>
    </message>
    <message>
        <source>Delete a copy of the history</source>
        <translation>Kopie des Verlaufs löschen</translation>
    </message>
    <message>
        <source>Delete a recording for an audit</source>
        <translation>Aufnahme für eine Prüfung löschen</translation>
    </message>
    <message>
        <source>Delete a wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete all pictures that are stored of “{camera}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete pictures</source>
        <translation>Bilder löschen</translation>
    </message>
    <message>
        <source>Delete stored pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the copy of {moment_of}?</source>
        <translation>Die Kopie vom {moment_of} löschen?</translation>
    </message>
    <message>
        <source>Delete the kept pictures of “{name}”?</source>
        <translation>Die aufbewahrten Bilder von „{name}“ löschen?</translation>
    </message>
    <message>
        <source>Delete the stored pictures of a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the wall “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete what is older?</source>
        <translation>Löschen, was älter ist?</translation>
    </message>
    <message>
        <source>Delete what is too much?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deletes {parts_of}, and frees about {size}.</source>
        <translation>Löscht {parts_of} und gibt etwa {size} frei.</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delivered</source>
        <translation>Zugestellt</translation>
    </message>
    <message>
        <source>Delivery</source>
        <translation>Zustellung</translation>
    </message>
    <message>
        <source>Demonstration: simulated cameras, nothing is kept.</source>
        <translation>Vorführung: simulierte Kameras, nichts wird aufbewahrt.</translation>
    </message>
    <message>
        <source>Desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Details of a number</source>
        <translation>Einzelheiten einer Zahl</translation>
    </message>
    <message>
        <source>Details of the alert</source>
        <translation>Einzelheiten zum Alarm</translation>
    </message>
    <message>
        <source>Developer guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Diagnostics for support</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>Disabled</source>
        <translation>Deaktiviert</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Discard changes</source>
        <translation>Änderungen verwerfen</translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Discard this recording?</source>
        <translation>Diese Aufnahme verwerfen?</translation>
    </message>
    <message>
        <source>Discard what you changed for “{name}”?</source>
        <translation>Änderungen an „{name}“ verwerfen?</translation>
    </message>
    <message>
        <source>Discard what you have entered?</source>
        <translation>Ihre Eingaben verwerfen?</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disk runs low below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Display</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do it again whenever you like; you are asked for your password then.</source>
        <translation>Sie können es jederzeit noch einmal tun; dann werden Sie nach Ihrem Passwort gefragt.</translation>
    </message>
    <message>
        <source>Do not show &amp;again for this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not try from another place in this network. {tell}</source>
        <translation>Versuchen Sie es nicht von einem anderen Platz in diesem Netzwerk. {tell}</translation>
    </message>
    <message>
        <source>Do without the login service?</source>
        <translation>Ohne den Anmeldedienst auskommen?</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Done: you are signed in as {name}. Only administrators set up CamWatch; you add other people on the page Users.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click or press Enter to close it. Backspace removes the last corner, Esc gives up.</source>
        <translation>Doppelklick oder die Eingabetaste schließt die Form. Die Rücktaste entfernt die letzte Ecke, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Down to how &amp;many</source>
        <translation>Ab wie &amp;wenigen</translation>
    </message>
    <message>
        <source>Down {times} {span}, {lasted}</source>
        <translation>Ausgefallen: {times} {span}, {lasted}</translation>
    </message>
    <message>
        <source>Dr&amp;ill…</source>
        <translation>Probea&amp;larm…</translation>
    </message>
    <message>
        <source>Drag a camera here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag a tile to another place, or its corner to make it larger. By keyboard: Space takes hold of it, Shift and arrow keys make it larger, Del takes it off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag it or its corners, or use the arrow keys. Space goes to the next corner</source>
        <translation>Ziehen Sie das Gewählte oder seine Ecken, oder nehmen Sie die Pfeiltasten. Die Leertaste geht zur nächsten Ecke</translation>
    </message>
    <message>
        <source>Drag, or use the arrow keys, to go to another moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a &amp;line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a &amp;zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a line across the way that people take: press, drag, let go. Enter puts one in the middle.</source>
        <translation>Zeichnen Sie eine Linie quer zum Weg der Personen: drücken, ziehen, loslassen. Die Eingabetaste setzt eine in die Mitte.</translation>
    </message>
    <message>
        <source>Draw its lines and zones again.</source>
        <translation>Zeichnen Sie ihre Linien und Zonen neu.</translation>
    </message>
    <message>
        <source>Draw other cameras, sites or places into the same chart</source>
        <translation>Andere Kameras, Standorte oder Zählstellen in dasselbe Diagramm zeichnen</translation>
    </message>
    <message>
        <source>Draw the first line of the gate. Enter puts a whole gate in the middle.</source>
        <translation>Zeichnen Sie die erste Linie des Tors. Die Eingabetaste setzt ein ganzes Tor in die Mitte.</translation>
    </message>
    <message>
        <source>Drawing lines and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draws a line where most people would pass it</source>
        <translation>Zeichnet eine Linie dort, wo die meisten Personen sie überqueren würden</translation>
    </message>
    <message>
        <source>Drill</source>
        <translation>Probealarm</translation>
    </message>
    <message>
        <source>Drill · {number}</source>
        <translation>Probealarm · {number}</translation>
    </message>
    <message>
        <source>Drill: {subject}</source>
        <translation>Probealarm: {subject}</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>Fällig</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>E&amp;dit and test…</source>
        <translation>Bearbeiten und &amp;testen…</translation>
    </message>
    <message>
        <source>E&amp;dit…</source>
        <translation>&amp;Bearbeiten…</translation>
    </message>
    <message>
        <source>E&amp;xport the list…</source>
        <translation>Liste e&amp;xportieren…</translation>
    </message>
    <message>
        <source>E-ma&amp;il address</source>
        <translation>E-&amp;Mail-Adresse</translation>
    </message>
    <message>
        <source>E-mail &amp;channel</source>
        <translation>E-Mail-&amp;Kanal</translation>
    </message>
    <message>
        <source>E-mail addresses, one in each line.</source>
        <translation>E-Mail-Adressen, eine in jeder Zeile.</translation>
    </message>
    <message>
        <source>E-mail of this computer</source>
        <translation>E-Mail dieses Computers</translation>
    </message>
    <message>
        <source>E-mail that the variables SMTP_* set up is not used, since something is wrong with them: </source>
        <translation>Die E-Mail, die mit den Variablen SMTP_* eingerichtet ist, wird nicht verwendet, denn an ihnen stimmt etwas nicht: </translation>
    </message>
    <message>
        <source>Each change of a camera&apos;s state, with why.</source>
        <translation>Jeder Wechsel des Zustands einer Kamera, mit Grund.</translation>
    </message>
    <message>
        <source>Each channel sends one message that says that it is a proof. Mails and text messages go to the people whom your plans name; a text message costs what it always costs. The same happens once a day by itself.</source>
        <translation>Jeder Kanal sendet eine Nachricht, in der steht, dass sie nur zur Kanalprüfung dient. E-Mails und SMS gehen an die Personen, die Ihre Pläne nennen; eine SMS kostet so viel wie immer. Dasselbe geschieht einmal am Tag von selbst.</translation>
    </message>
    <message>
        <source>Each count of each picture that is still kept.</source>
        <translation>Jeder Zählwert jedes Bildes, der noch aufbewahrt wird.</translation>
    </message>
    <message>
        <source>Each count of each picture, and each person who passed a line. Older than this, charts still show every minute; the proof of a single number, the live chart of that day and rehearsing rules on it are gone. They take by far the most room.</source>
        <translation>Jede Zählung jedes Bildes und jede Person, die eine Linie überquert hat. Was älter ist, zeigen Diagramme immer noch auf die Minute; der Nachweis einer einzelnen Zahl, das Live-Diagramm dieses Tages und der Probelauf von Regeln damit sind dann weg. Sie brauchen bei weitem den meisten Platz.</translation>
    </message>
    <message>
        <source>Each day</source>
        <translation>Jeden Tag</translation>
    </message>
    <message>
        <source>Each hour from 1 week · {percent} measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each hour from {fewest} to {most} weeks · {percent} measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each hour from {weeks} weeks · {percent} measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each hour is compared with the same hour of the other stored weeks.</source>
        <translation>Jede Stunde wird mit derselben Stunde der anderen gespeicherten Wochen verglichen.</translation>
    </message>
    <message>
        <source>Each message has a key of its own: one that comes twice has the same key, and need be taken only once. How to check the signature is in the documentation of webhooks.</source>
        <translation>Jede Nachricht hat einen eigenen Schlüssel: Kommt eine zweimal, hat sie denselben Schlüssel und braucht nur einmal angenommen zu werden. Wie sich die Signatur prüfen lässt, steht in der Dokumentation der Webhooks.</translation>
    </message>
    <message>
        <source>Each message is a mail to the number at the gateway&apos;s domain, sent by one of the e-mail channels.</source>
        <translation>Jede Nachricht ist eine E-Mail an die Nummer bei der Domain des Gateways, gesendet über einen der E-Mail-Kanäle.</translation>
    </message>
    <message>
        <source>Each message is kept here before it is sent, and says afterwards what came of it.</source>
        <translation>Jede Nachricht wird hier abgelegt, bevor sie gesendet wird, und zeigt danach, was daraus wurde.</translation>
    </message>
    <message>
        <source>Each month</source>
        <translation>Jeden Monat</translation>
    </message>
    <message>
        <source>Each note of the newest entry, in the profile and in the keyring,</source>
        <translation>Jeder Vermerk zum neuesten Eintrag, im Profil und im Schlüsselbund,</translation>
    </message>
    <message>
        <source>Each port of each address is tried, and what answers is asked whether it is a camera. No password is sent.</source>
        <translation>Jeder Port jeder Adresse wird versucht, und was antwortet, wird gefragt, ob es eine Kamera ist. Es wird kein Passwort gesendet.</translation>
    </message>
    <message>
        <source>Each row that can be read goes into a new file; what could not be read is told afterwards. This may take minutes.</source>
        <translation>Jeder lesbare Datensatz kommt in eine neue Datei; was sich nicht lesen ließ, wird danach gesagt. Das kann Minuten dauern.</translation>
    </message>
    <message>
        <source>Each signs in once with the code, and then chooses a password. The codes are shown only now and kept nowhere. They are valid until {until}.</source>
        <translation>Jeder meldet sich einmal mit dem Code an und wählt dann ein Passwort. Die Codes werden nur jetzt angezeigt und nirgends aufbewahrt. Sie gelten bis {until}.</translation>
    </message>
    <message>
        <source>Each site is counted by one workstation, which also raises its alerts and sends their messages. All workstations see all numbers. Give a site to another workstation when its cameras are to be watched from there, or when its own one is gone for good.</source>
        <translation>Jeder Standort wird von einem Arbeitsplatz gezählt, der auch seine Alarme auslöst und deren Nachrichten sendet. Alle Arbeitsplätze sehen alle Zahlen. Geben Sie einen Standort einem anderen Arbeitsplatz, wenn seine Kameras von dort beobachtet werden sollen oder wenn sein eigener für immer weg ist.</translation>
    </message>
    <message>
        <source>Each that is checked gets a line of its own in the chart, {most} at most beside {name}.</source>
        <translation>Alles Angekreuzte bekommt eine eigene Linie im Diagramm, höchstens {most} neben {name}.</translation>
    </message>
    <message>
        <source>Each tile is one camera: its newest picture, how old it is, and how many people are in view. Enter or a double click shows one camera alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each week</source>
        <translation>Jede Woche</translation>
    </message>
    <message>
        <source>Earlier: take the time of the step above</source>
        <translation>Früher: die Zeit des Schritts darüber nehmen</translation>
    </message>
    <message>
        <source>Edi&amp;t…</source>
        <translation>Bea&amp;rbeiten…</translation>
    </message>
    <message>
        <source>Edit the camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit the rule…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>{name} bearbeiten</translation>
    </message>
    <message>
        <source>Elsewhere</source>
        <translation>Anderswo</translation>
    </message>
    <message>
        <source>Empty if it has none.</source>
        <translation>Leer, wenn sie keinen hat.</translation>
    </message>
    <message>
        <source>Empty if there is none.</source>
        <translation>Leer, wenn es keine gibt.</translation>
    </message>
    <message>
        <source>Empty place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empty: the one that is kept.</source>
        <translation>Leer: das gespeicherte.</translation>
    </message>
    <message>
        <source>Encrypt only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encrypted; the server must prove who it is</source>
        <translation>Verschlüsselt; der Server muss sich ausweisen</translation>
    </message>
    <message>
        <source>Encrypted; whoever answers is believed</source>
        <translation>Verschlüsselt; wer auch antwortet, dem wird geglaubt</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>End a session</source>
        <translation>Sitzung beenden</translation>
    </message>
    <message>
        <source>End a user&apos;s sessions</source>
        <translation>Sitzungen eines Benutzers beenden</translation>
    </message>
    <message>
        <source>End all sessions, and ask for another password at the next sign-in</source>
        <translation>Alle Sitzungen beenden und bei der nächsten Anmeldung ein anderes Passwort verlangen</translation>
    </message>
    <message>
        <source>End of shift</source>
        <translation>Ende der Schicht</translation>
    </message>
    <message>
        <source>End other programs that use it, or allow more connections with max_connections.</source>
        <translation>Beenden Sie andere Programme, die ihn verwenden, oder erlauben Sie mit max_connections mehr Verbindungen.</translation>
    </message>
    <message>
        <source>End session</source>
        <translation>Sitzung beenden</translation>
    </message>
    <message>
        <source>End the password and all sessions, and make a one-time code instead</source>
        <translation>Passwort und alle Sitzungen beenden und stattdessen einen Einmalcode erstellen</translation>
    </message>
    <message>
        <source>End the session of “{who}” on {computer}?</source>
        <translation>Die Sitzung von „{who}“ auf {computer} beenden?</translation>
    </message>
    <message>
        <source>End the tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the tour (T)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Datenbanksystem</translation>
    </message>
    <message>
        <source>Enlarge what needs attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enlarge what needs attention, on and off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enough history</source>
        <translation>Genug Verlauf</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Enter a date and time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter a user name and password as well to see what the service says of a user. Nobody is signed in by that, and nothing is stored.</source>
        <translation>Geben Sie auch Benutzername und Passwort ein, um zu sehen, was der Dienst über einen Benutzer sagt. Dadurch wird niemand angemeldet und nichts gespeichert.</translation>
    </message>
    <message>
        <source>Enter an a&amp;ddress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter both again. Many providers want a password of its own for programs instead of the one that people sign in with.</source>
        <translation>Geben Sie beides noch einmal ein. Viele Anbieter verlangen für Programme ein eigenes Passwort statt des Passworts, mit dem sich Personen anmelden.</translation>
    </message>
    <message>
        <source>Enter goes to the next place, Shift+Enter to the one before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter or a double click shows one. What is checked is added up to one line.</source>
        <translation>Die Eingabetaste oder ein Doppelklick zeigt eine davon. Was angekreuzt ist, wird zu einer Linie zusammengezählt.</translation>
    </message>
    <message>
        <source>Enter puts one in the middle.</source>
        <translation>Die Eingabetaste setzt eine in die Mitte.</translation>
    </message>
    <message>
        <source>Enter the &amp;address…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the address at which it takes messages itself.</source>
        <translation>Geben Sie die Adresse ein, unter der sie Nachrichten selbst annimmt.</translation>
    </message>
    <message>
        <source>Enter the address that gives the picture itself.</source>
        <translation>Geben Sie die Adresse ein, die das Bild selbst liefert.</translation>
    </message>
    <message>
        <source>Enter the camera&apos;s password again in its settings.</source>
        <translation>Geben Sie das Passwort der Kamera in ihren Einstellungen neu ein.</translation>
    </message>
    <message>
        <source>Enter the name that stands in its certificate as the address. If it has a certificate of your own organisation, choose the file of that authority.</source>
        <translation>Geben Sie als Adresse den Namen ein, der im Zertifikat steht. Stammt das Zertifikat von Ihrer eigenen Organisation, wählen Sie die Datei dieser Zertifizierungsstelle.</translation>
    </message>
    <message>
        <source>Enter the password once more</source>
        <translation>Passwort noch einmal eingeben</translation>
    </message>
    <message>
        <source>Enter the password that is right now: in the settings, or in CAMWATCH_DATABASE_URL.</source>
        <translation>Geben Sie das jetzt gültige Passwort ein: in den Einstellungen oder in CAMWATCH_DATABASE_URL.</translation>
    </message>
    <message>
        <source>Enter the passwords of these cameras again: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the user name and password again in the camera&apos;s settings.</source>
        <translation>Geben Sie Benutzername und Passwort in den Einstellungen der Kamera neu ein.</translation>
    </message>
    <message>
        <source>Enter your password once more</source>
        <translation>Geben Sie Ihr Passwort noch einmal ein</translation>
    </message>
    <message>
        <source>Enter your password to unlock it.</source>
        <translation>Geben Sie Ihr Passwort ein, um es zu entsperren.</translation>
    </message>
    <message>
        <source>Entries {number} to {number2}</source>
        <translation>Einträge {number} bis {number2}</translation>
    </message>
    <message>
        <source>Entry {number}</source>
        <translation>Eintrag {number}</translation>
    </message>
    <message>
        <source>Entry {number} tells that CamWatch found it out by itself: {told}.</source>
        <translation>Eintrag {number} hält fest, was CamWatch selbst bemerkt hat: {told}.</translation>
    </message>
    <message>
        <source>Error number:
{error_id}</source>
        <translation>Fehler-Nummer:
{error_id}</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Errors in people, compared {compared}. In brackets: where the real value is, with a certainty of 95 %.</source>
        <translation>Fehler in Personen, verglichen {compared}. In Klammern: wo der wirkliche Wert mit einer Sicherheit von 95 % liegt.</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Escalation plans are set up on the tab Delivery.</source>
        <translation>Eskalationspläne werden auf der Registerkarte „Zustellung“ eingerichtet.</translation>
    </message>
    <message>
        <source>Estimate for {cameras}: {least} a day while little happens, up to about {most} a day where numbers change all the time. So the room is enough for {days} days or less.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every change, sign-in and refusal, with who, when and from where. Nothing can be changed or taken out of it without that being found out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every setting of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every setting of this computer, with its default and when a change holds. Type to look for one; nothing holds before you save.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everybody who is signed in</source>
        <translation>Alle, die angemeldet sind</translation>
    </message>
    <message>
        <source>Everybody who signs in comes through the login service. Add a user here who can sign in while it is away.</source>
        <translation>Alle melden sich über den Anmeldedienst an. Fügen Sie hier einen Benutzer hinzu, der sich anmelden kann, während der Dienst nicht erreichbar ist.</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything stays as you left it, also what you have not saved.</source>
        <translation>Alles bleibt, wie Sie es verlassen haben, auch was Sie nicht gespeichert haben.</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Example of a message</source>
        <translation>Beispiel einer Nachricht</translation>
    </message>
    <message>
        <source>Example of what is posted</source>
        <translation>Beispiel dessen, was gesendet wird</translation>
    </message>
    <message>
        <source>Excel workbook</source>
        <translation>Excel-Arbeitsmappe</translation>
    </message>
    <message>
        <source>Excel workbooks (*.xlsx)</source>
        <translation>Excel-Arbeitsmappen (*.xlsx)</translation>
    </message>
    <message>
        <source>Expected: an event at the site</source>
        <translation>Erwartet: eine Veranstaltung am Standort</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export a wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the audit log</source>
        <translation>Protokoll exportieren</translation>
    </message>
    <message>
        <source>Export the history</source>
        <translation>Verlauf exportieren</translation>
    </message>
    <message>
        <source>Export the list of cameras</source>
        <translation>Liste der Kameras exportieren</translation>
    </message>
    <message>
        <source>Export the list of cameras, without passwords</source>
        <translation>Liste der Kameras exportieren, ohne Passwörter</translation>
    </message>
    <message>
        <source>Export the list of who did what…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the numbers…</source>
        <translation>Zahlen exportieren…</translation>
    </message>
    <message>
        <source>Export the workspace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Failed: a picture was written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failing since {since}{why}</source>
        <translation>Gestört seit {since}{why}</translation>
    </message>
    <message>
        <source>Failures until a camera is left alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False alarm: the rule is being corrected</source>
        <translation>Fehlalarm: Die Regel wird gerade berichtigt</translation>
    </message>
    <message>
        <source>Far fewer people than usual at this hour of the week, in the stored weeks.</source>
        <translation>Weit weniger Personen, als in den gespeicherten Wochen zu dieser Stunde der Woche üblich.</translation>
    </message>
    <message>
        <source>Far more people than usual at this hour of the week, in the stored weeks.</source>
        <translation>Weit mehr Personen, als in den gespeicherten Wochen zu dieser Stunde der Woche üblich.</translation>
    </message>
    <message>
        <source>Far people</source>
        <translation>Ferne Personen</translation>
    </message>
    <message>
        <source>Feb</source>
        <translation>Feb</translation>
    </message>
    <message>
        <source>February</source>
        <translation>Februar</translation>
    </message>
    <message>
        <source>Feb|February</source>
        <translation>Feb|Februar</translation>
    </message>
    <message>
        <source>Few are left inside</source>
        <translation>Nur wenige sind noch drinnen</translation>
    </message>
    <message>
        <source>Fewer crossings than</source>
        <translation>Weniger Durchgänge als</translation>
    </message>
    <message>
        <source>Fewer letters find more, and letters may be left out: “chrt” finds “Charts”. English words find things in every language. What your role does not let you see is not found here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>Felder</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>File of &amp;certificates</source>
        <translation>&amp;Zertifikatsdatei</translation>
    </message>
    <message>
        <source>File of certificates</source>
        <translation>Zertifikatsdatei</translation>
    </message>
    <message>
        <source>File or folder</source>
        <translation>Datei oder Ordner</translation>
    </message>
    <message>
        <source>File: {file}
Finding: {detail}</source>
        <translation>Datei: {file}
Befund: {detail}</translation>
    </message>
    <message>
        <source>Files and reports of the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files of the diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fill the empty places</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Filter the cameras that were found</source>
        <translation>Die gefundenen Kameras filtern</translation>
    </message>
    <message>
        <source>Find a camera</source>
        <translation>Kamera suchen</translation>
    </message>
    <message>
        <source>Find a camera, site or place</source>
        <translation>Kamera, Standort oder Zählstelle suchen</translation>
    </message>
    <message>
        <source>Find a page, an action, a camera, an alert, a setting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a recording for an audit</source>
        <translation>Aufnahme für eine Prüfung finden</translation>
    </message>
    <message>
        <source>Find a user</source>
        <translation>Einen Benutzer suchen</translation>
    </message>
    <message>
        <source>Find an alert</source>
        <translation>Einen Alarm suchen</translation>
    </message>
    <message>
        <source>Find anything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find anything: pages, actions, cameras, alerts, settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find anything: pages, cameras, and what can be done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find cameras</source>
        <translation>Kameras suchen</translation>
    </message>
    <message>
        <source>Find or clear</source>
        <translation>Suchen oder leeren</translation>
    </message>
    <message>
        <source>Finding cameras, ONVIF, and turning cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finding things, undoing, and help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find…  {key}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished boxes</source>
        <translation>Fertige Rahmen</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First type how many people are in view now.</source>
        <translation>Tippen Sie zuerst ein, wie viele Personen jetzt im Bild sind.</translation>
    </message>
    <message>
        <source>Fitting</source>
        <translation>Passend</translation>
    </message>
    <message>
        <source>Fitting ({names})</source>
        <translation>Passend ({names})</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder of the copies</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow a camera to its new address</source>
        <translation>Kamera unter neuer Adresse übernehmen</translation>
    </message>
    <message>
        <source>Follow them</source>
        <translation>Adressen übernehmen</translation>
    </message>
    <message>
        <source>Follow what the window for signing in asks for.</source>
        <translation>Folgen Sie dem, was das Anmeldefenster verlangt.</translation>
    </message>
    <message>
        <source>Following them keeps their history and settings.</source>
        <translation>Wenn Sie die neuen Adressen übernehmen, bleiben Verlauf und Einstellungen erhalten.</translation>
    </message>
    <message>
        <source>For &amp;ever</source>
        <translation>&amp;Unbegrenzt</translation>
    </message>
    <message>
        <source>For a user who lost the device that makes the codes</source>
        <translation>Für einen Benutzer, der das Gerät verloren hat, das die Codes erzeugt</translation>
    </message>
    <message>
        <source>For each step of talking to it.</source>
        <translation>Für jeden Schritt im Austausch mit ihm.</translation>
    </message>
    <message>
        <source>For how &amp;long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For how long people were counted in this time.</source>
        <translation>Wie lange in dieser Zeit Personen gezählt wurden.</translation>
    </message>
    <message>
        <source>For how long what is kept, copies, and a PostgreSQL server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For other programs. What is not known is an empty cell, never 0, and each row says how much of its time was measured.</source>
        <translation>Für andere Programme. Was nicht bekannt ist, ist eine leere Zelle, nie 0, und jede Zeile sagt, wie viel ihrer Zeit gemessen wurde.</translation>
    </message>
    <message>
        <source>For several workstations that share one history. Somebody has to run the server, and to copy it.</source>
        <translation>Für mehrere Arbeitsplätze, die sich einen Verlauf teilen. Jemand muss den Server betreiben und sichern.</translation>
    </message>
    <message>
        <source>For the whole question.</source>
        <translation>Für die ganze Anfrage.</translation>
    </message>
    <message>
        <source>For {lasted} it was switched off.</source>
        <translation>{lasted} lang war sie ausgeschaltet.</translation>
    </message>
    <message>
        <source>For {lasted} nobody looked: {unwatched}.</source>
        <translation>{lasted} lang hat niemand hingesehen: {unwatched}.</translation>
    </message>
    <message>
        <source>For {lasted}, {said}.</source>
        <translation>{lasted} lang: {said}.</translation>
    </message>
    <message>
        <source>For {who}: {names}. All else stays as it is with each of them.</source>
        <translation>Für {who}: {names}. Alles andere bleibt bei jeder, wie es ist.</translation>
    </message>
    <message>
        <source>Force new pass&amp;word</source>
        <translation>Neues Pass&amp;wort erzwingen</translation>
    </message>
    <message>
        <source>Forget the trusted certificate</source>
        <translation>Das vertraute Zertifikat vergessen</translation>
    </message>
    <message>
        <source>Found now: {found}</source>
        <translation>Jetzt gefunden: {found}</translation>
    </message>
    <message>
        <source>Found now: {found}, of which {value} left out</source>
        <translation>Jetzt gefunden: {found}, davon {value} ausgelassen</translation>
    </message>
    <message>
        <source>Four tiles</source>
        <translation>Vier Kacheln</translation>
    </message>
    <message>
        <source>Free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free on its disk</source>
        <translation>Frei auf dem Datenträger</translation>
    </message>
    <message>
        <source>Fri</source>
        <translation>Fr</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>Freitag</translation>
    </message>
    <message>
        <source>Fri|Friday</source>
        <translation>Fr|Freitag</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>From	To	Duration	State	Reason</source>
        <translation>Von	Bis	Dauer	Zustand	Grund</translation>
    </message>
    <message>
        <source>From Monday on, in steps of an hour.</source>
        <translation>Ab Montag, in Schritten von einer Stunde.</translation>
    </message>
    <message>
        <source>From corner to corner</source>
        <translation>Von Ecke zu Ecke</translation>
    </message>
    <message>
        <source>From how &amp;many on</source>
        <translation>Ab wie &amp;vielen</translation>
    </message>
    <message>
        <source>From its first day on, in steps of an hour.</source>
        <translation>Ab dem ersten Tag, in Schritten von einer Stunde.</translation>
    </message>
    <message>
        <source>From midnight to midnight, in steps of a quarter of an hour.</source>
        <translation>Von Mitternacht bis Mitternacht, in Schritten von einer Viertelstunde.</translation>
    </message>
    <message>
        <source>From number to number</source>
        <translation>Von Zahl zu Zahl</translation>
    </message>
    <message>
        <source>From place to place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From row to row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From shape to shape</source>
        <translation>Von Form zu Form</translation>
    </message>
    <message>
        <source>From the left</source>
        <translation>Von links</translation>
    </message>
    <message>
        <source>From the next start on the history is kept in {where}.</source>
        <translation>Ab dem nächsten Start ist dies der Ort des Verlaufs: {where}.</translation>
    </message>
    <message>
        <source>From the top</source>
        <translation>Von oben</translation>
    </message>
    <message>
        <source>From this hour of the day</source>
        <translation>Von dieser Stunde des Tages</translation>
    </message>
    <message>
        <source>From warning</source>
        <translation>Ab Warnung</translation>
    </message>
    <message>
        <source>From when a picture is due until it is here: the median</source>
        <translation>Von dem Zeitpunkt, zu dem ein Bild fällig ist, bis es da ist: der Median</translation>
    </message>
    <message>
        <source>From which severity</source>
        <translation>Ab welchem Schweregrad</translation>
    </message>
    <message>
        <source>From {started:%H:%M} until {ends:%H:%M} at most</source>
        <translation>Von {started:%H:%M} bis höchstens {ends:%H:%M}</translation>
    </message>
    <message>
        <source>Frozen</source>
        <translation>Eingefroren</translation>
    </message>
    <message>
        <source>Frozen pictures</source>
        <translation>Eingefrorene Bilder</translation>
    </message>
    <message>
        <source>Full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen, and back</source>
        <translation>Vollbild und zurück</translation>
    </message>
    <message>
        <source>Full screen, and back (F11)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Tor</translation>
    </message>
    <message>
        <source>Gates</source>
        <translation>Tore</translation>
    </message>
    <message>
        <source>Gateway</source>
        <translation>Gateway</translation>
    </message>
    <message>
        <source>Give a site a time zone</source>
        <translation>Standort eine Zeitzone geben</translation>
    </message>
    <message>
        <source>Give a site to a workstation</source>
        <translation>Standort einem Arbeitsplatz zuweisen</translation>
    </message>
    <message>
        <source>Give a user another role</source>
        <translation>Benutzer eine andere Rolle geben</translation>
    </message>
    <message>
        <source>Give each person an account of their own: only then does “Who did what” say who it was.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the camera&apos;s user the right to see pictures.</source>
        <translation>Geben Sie dem Benutzer der Kamera das Recht, Bilder zu sehen.</translation>
    </message>
    <message>
        <source>Give the user another role (Enter)</source>
        <translation>Dem Benutzer eine andere Rolle geben (Eingabe)</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Aufgeben</translation>
    </message>
    <message>
        <source>Given up</source>
        <translation>Aufgegeben</translation>
    </message>
    <message>
        <source>Gives</source>
        <translation>Liefert</translation>
    </message>
    <message>
        <source>Gives pictures</source>
        <translation>Liefert Bilder</translation>
    </message>
    <message>
        <source>Go back and add one, or leave this out: you can draw later, on the page Cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back to change something, or try again.</source>
        <translation>Gehen Sie zurück, um etwas zu ändern, oder versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Go farther (-)</source>
        <translation>Verkleinern (-)</translation>
    </message>
    <message>
        <source>Go from tile to tile</source>
        <translation>Von Kachel zu Kachel gehen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Go on &amp;without the log</source>
        <translation>&amp;Ohne das Journal weiter</translation>
    </message>
    <message>
        <source>Go on with {cameras_words}</source>
        <translation>Weiter mit {cameras_words}</translation>
    </message>
    <message>
        <source>Go on without the log of the history</source>
        <translation>Ohne das Protokoll des Verlaufs weitermachen</translation>
    </message>
    <message>
        <source>Go there, or do it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to a day</source>
        <translation>Zu einem Tag gehen</translation>
    </message>
    <message>
        <source>Go to a day (Ctrl+G)</source>
        <translation>Zu einem Tag gehen (Strg+G)</translation>
    </message>
    <message>
        <source>Go to a place…</source>
        <translation>Position anfahren…</translation>
    </message>
    <message>
        <source>Go to another time with the arrows above, or see under Live how the cameras are.</source>
        <translation>Gehen Sie mit den Pfeilen oben zu einer anderen Zeit, oder sehen Sie unter „Live“ nach, wie es den Kameras geht.</translation>
    </message>
    <message>
        <source>Go to the camera of this number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the home position</source>
        <translation>Grundstellung anfahren</translation>
    </message>
    <message>
        <source>Go to the newest popup</source>
        <translation>Zum neuesten Hinweisfenster gehen</translation>
    </message>
    <message>
        <source>Go to the next or last alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to where it began</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Good enough</source>
        <translation>Gut genug</translation>
    </message>
    <message>
        <source>Good pictures a second</source>
        <translation>Gute Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>Gruppen</translation>
    </message>
    <message>
        <source>HTTP {http_status}</source>
        <translation>HTTP {http_status}</translation>
    </message>
    <message>
        <source>HTTP {status}</source>
        <translation>HTTP {status}</translation>
    </message>
    <message>
        <source>Half of the visits were shorter, half longer; about.</source>
        <translation>Etwa die Hälfte der Besuche war kürzer, die Hälfte länger.</translation>
    </message>
    <message>
        <source>Hall full</source>
        <translation>Halle voll</translation>
    </message>
    <message>
        <source>Hall: 31 people (limit 30)</source>
        <translation>Halle: 31 Personen (Grenze 30)</translation>
    </message>
    <message>
        <source>Hand over the shift</source>
        <translation>Schicht übergeben</translation>
    </message>
    <message>
        <source>Hand over…</source>
        <translation>Übergeben…</translation>
    </message>
    <message>
        <source>Hand-over {made}</source>
        <translation>Übergabe {made}</translation>
    </message>
    <message>
        <source>Handed over by</source>
        <translation>Übergeben von</translation>
    </message>
    <message>
        <source>Has a stream, not looked at yet</source>
        <translation>Hat einen Stream, noch nicht angesehen</translation>
    </message>
    <message>
        <source>Have a report sent at once</source>
        <translation>Bericht sofort senden lassen</translation>
    </message>
    <message>
        <source>Have encryption switched on there (ssl = on). Only in a network of your own may it be switched off here.</source>
        <translation>Lassen Sie dort die Verschlüsselung einschalten (ssl = on). Nur in einem eigenen Netz darf sie hier ausgeschaltet werden.</translation>
    </message>
    <message>
        <source>Have it made anew with ENCODING &apos;UTF8&apos;, as docs/postgresql.md says.</source>
        <translation>Lassen Sie die Datenbank mit ENCODING &apos;UTF8&apos; neu anlegen, wie docs/postgresql.md es beschreibt.</translation>
    </message>
    <message>
        <source>Headers</source>
        <translation>Kopfzeilen</translation>
    </message>
    <message>
        <source>Health</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Health: {summary}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Held back</source>
        <translation>Zurückgehalten</translation>
    </message>
    <message>
        <source>Held by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help on this page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Help: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Here now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden places</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the password</source>
        <translation>Passwort verbergen</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>History and storage</source>
        <translation>Verlauf und Speicherung</translation>
    </message>
    <message>
        <source>History and storage…</source>
        <translation>Verlauf und Speicherung…</translation>
    </message>
    <message>
        <source>History not saved</source>
        <translation>Verlauf nicht gespeichert</translation>
    </message>
    <message>
        <source>History of states</source>
        <translation>Verlauf der Zustände</translation>
    </message>
    <message>
        <source>History of states – {name}</source>
        <translation>Verlauf der Zustände – {name}</translation>
    </message>
    <message>
        <source>History, newest first</source>
        <translation>Verlauf, Neuestes zuerst</translation>
    </message>
    <message>
        <source>History:</source>
        <translation>Verlauf:</translation>
    </message>
    <message>
        <source>Hold the tour (P)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold the tour, go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds</source>
        <translation>Gilt</translation>
    </message>
    <message>
        <source>Holds after CamWatch is closed and opened again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds for sessions that begin from then on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds with the next picture of each camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Pos1</translation>
    </message>
    <message>
        <source>Hour of the daily proof of the channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours</source>
        <translation>Stundenwerte</translation>
    </message>
    <message>
        <source>Hours &amp;from</source>
        <translation>Stunden &amp;von</translation>
    </message>
    <message>
        <source>Hours and days</source>
        <translation>Stunden- und Tageswerte</translation>
    </message>
    <message>
        <source>Hours and days are added up anew within the next minutes.</source>
        <translation>Stunden und Tage werden in den nächsten Minuten neu zusammengezählt.</translation>
    </message>
    <message>
        <source>Hours and days are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours and days are kept for so many days; 0 for ever.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours and days of a site are those of its own clocks. After a change, what is stored of its hours and days is added up anew; no count is changed.</source>
        <translation>Stunden und Tage eines Standorts sind die seiner eigenen Uhren. Nach einer Änderung wird neu zusammengezählt, was von seinen Stunden und Tagen gespeichert ist; kein Zählwert wird geändert.</translation>
    </message>
    <message>
        <source>Hours of lines</source>
        <translation>Stundenwerte von Linien</translation>
    </message>
    <message>
        <source>Hours of the week</source>
        <translation>Stunden der Woche</translation>
    </message>
    <message>
        <source>Hours of zones</source>
        <translation>Stundenwerte von Zonen</translation>
    </message>
    <message>
        <source>How &amp;long it is kept</source>
        <translation>Auf&amp;bewahrung</translation>
    </message>
    <message>
        <source>How CamWatch behaves on the desktop of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How CamWatch is doing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How CamWatch is doing is being found out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How CamWatch itself is doing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How CamWatch itself is doing, part by part: a sign, a word, one sentence, and what to do. The line beside it is the last three days, higher where it was worse.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How CamWatch looks on this computer, for all who use it here. The window is made anew with it, and nothing is interrupted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How alerts reach people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How an audit goes</source>
        <translation>So läuft eine Prüfung ab</translation>
    </message>
    <message>
        <source>How cameras are asked, and when they are left alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How cameras were</source>
        <translation>Wie es den Kameras ging</translation>
    </message>
    <message>
        <source>How far back</source>
        <translation>Wie weit zurück</translation>
    </message>
    <message>
        <source>How far below the limit the number must fall before the alert returns.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far from &amp;usual</source>
        <translation>Wie &amp;weit vom Üblichen</translation>
    </message>
    <message>
        <source>How it is doin&amp;g</source>
        <translation>&amp;Zustand</translation>
    </message>
    <message>
        <source>How it is doing, and why</source>
        <translation>Wie es ihr geht, und warum</translation>
    </message>
    <message>
        <source>How it went</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>How its pictures come</source>
        <translation>Wie ihre Bilder kommen</translation>
    </message>
    <message>
        <source>How long a failing camera is left alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long a session may be left alone, and how long it lasts, for all users of this computer.</source>
        <translation>Wie lange eine Sitzung unbenutzt bleiben darf und wie lange sie dauert, für alle Benutzer dieses Computers.</translation>
    </message>
    <message>
        <source>How long a session stays open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long people stay in each zone</source>
        <translation>Wie lange Personen in jeder Zone bleiben</translation>
    </message>
    <message>
        <source>How long people stayed</source>
        <translation>Wie lange Personen blieben</translation>
    </message>
    <message>
        <source>How long people stayed in each zone</source>
        <translation>Wie lange Personen in jeder Zone blieben</translation>
    </message>
    <message>
        <source>How long sessions stay open</source>
        <translation>Wie lange Sitzungen offen bleiben</translation>
    </message>
    <message>
        <source>How long the history is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long the history is kept was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long?</source>
        <translation>Wie lange?</translation>
    </message>
    <message>
        <source>How many</source>
        <translation>Wie viele</translation>
    </message>
    <message>
        <source>How many passed inwards, in the time in which passing could be counted.</source>
        <translation>Wie viele hineingingen, in der Zeit, in der Durchgänge gezählt werden konnten.</translation>
    </message>
    <message>
        <source>How many passed outwards, in the time in which passing could be counted.</source>
        <translation>Wie viele hinausgingen, in der Zeit, in der Durchgänge gezählt werden konnten.</translation>
    </message>
    <message>
        <source>How many people were in view, came in and went out, over hours, days and weeks. Choose whose numbers, then which time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many people were there on average. Each count weighs as much as the time it stands for, and only measured time counts: a gap is not nought.</source>
        <translation>Wie viele Personen im Mittel dort waren. Jeder Zählwert wiegt so viel wie die Zeit, für die er steht, und nur gemessene Zeit zählt: Eine Lücke ist keine Null.</translation>
    </message>
    <message>
        <source>How many people, hour by hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many pictures are counted</source>
        <translation>Wie viele Bilder gezählt sind</translation>
    </message>
    <message>
        <source>How many there are at each hour of the week</source>
        <translation>Wie viele zu jeder Stunde der Woche dort sind</translation>
    </message>
    <message>
        <source>How much is recorded</source>
        <translation>Wie viel aufgenommen ist</translation>
    </message>
    <message>
        <source>How much time the line of time shows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often</source>
        <translation>Wie oft</translation>
    </message>
    <message>
        <source>How often a camera is asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often somebody came in. Who comes back is counted again.</source>
        <translation>Wie oft jemand hereinkam. Wer zurückkommt, wird noch einmal gezählt.</translation>
    </message>
    <message>
        <source>How often somebody was followed on their way.</source>
        <translation>Wie oft jemand auf seinem Weg verfolgt wurde.</translation>
    </message>
    <message>
        <source>How people are found in pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How people are found, and how well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How people sign in was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How plans and lists call this channel.</source>
        <translation>So heißt dieser Kanal in Plänen und Listen.</translation>
    </message>
    <message>
        <source>How right are the numbers?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How right the camera&apos;s numbers were when somebody checked them.</source>
        <translation>Wie richtig die Zahlen der Kamera waren, als jemand sie prüfte.</translation>
    </message>
    <message>
        <source>How right the numbers are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How se&amp;rious</source>
        <translation>W&amp;ie ernst</translation>
    </message>
    <message>
        <source>How sure the model must be before it counts something as a person.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the connection is protected: verify checks the server&apos;s certificate, encrypt believes whoever answers, off sends all in the clear.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How this site is set up, as one file: cameras, sites, lines and zones, rules and settings. Passwords are never in it. When a file is brought in, nothing is removed, and what it changes can be taken back in one step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I have &amp;kept them</source>
        <translation>Ich habe sie &amp;aufbewahrt</translation>
    </message>
    <message>
        <source>IANA name of the site&apos;s time zone; empty is this computer&apos;s.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Identical pictures that make a frozen camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Identity</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>If it happens again, tell your administrator the error&apos;s number; it stands in the log.</source>
        <translation>Wenn es wieder vorkommt, nennen Sie Ihrem Verwalter die Fehler-Nummer; sie steht im Protokoll.</translation>
    </message>
    <message>
        <source>If needed</source>
        <translation>Bei Bedarf</translation>
    </message>
    <message>
        <source>If nobody acknowledges the alert meanwhile:</source>
        <translation>Wenn in der Zwischenzeit niemand den Alarm quittiert:</translation>
    </message>
    <message>
        <source>If that cannot be put right, move the file away, make a new vault, and enter the passwords again.</source>
        <translation>Lässt sich das nicht beheben, verschieben Sie die Datei an einen anderen Ort, legen Sie einen neuen Tresor an, und geben Sie die Passwörter noch einmal ein.</translation>
    </message>
    <message>
        <source>If that goes on, save the diagnostics for support.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If this goes on, ask for its picture less often.</source>
        <translation>Wenn das anhält, rufen Sie ihr Bild seltener ab.</translation>
    </message>
    <message>
        <source>If this goes on, restart the camera and check its network cable.</source>
        <translation>Wenn das anhält, starten Sie die Kamera neu und prüfen Sie ihr Netzwerkkabel.</translation>
    </message>
    <message>
        <source>If this goes on, restart the camera.</source>
        <translation>Wenn das anhält, starten Sie die Kamera neu.</translation>
    </message>
    <message>
        <source>If this is no person at all, press Enter: nobody is counted at this spot again.</source>
        <translation>Wenn das gar keine Person ist, drücken Sie die Eingabetaste: An dieser Stelle wird dann niemand mehr gezählt.</translation>
    </message>
    <message>
        <source>If you stop here, {rest} left out.</source>
        <translation>Wenn Sie hier aufhören, {rest} ausgelassen.</translation>
    </message>
    <message>
        <source>Import a list of cameras</source>
        <translation>Liste von Kameras importieren</translation>
    </message>
    <message>
        <source>Import a list of users</source>
        <translation>Benutzerliste importieren</translation>
    </message>
    <message>
        <source>Import a wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import cameras</source>
        <translation>Kameras importieren</translation>
    </message>
    <message>
        <source>Import only the {good} &amp;good ones</source>
        <translation>Nur die {good} &amp;guten importieren</translation>
    </message>
    <message>
        <source>Import users</source>
        <translation>Benutzer importieren</translation>
    </message>
    <message>
        <source>Import users…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In</source>
        <translation>Hinein</translation>
    </message>
    <message>
        <source>In a network with a start page of its own, open that page in a browser first. Else ask your administrator whether the address is right.</source>
        <translation>Hat das Netzwerk eine eigene Startseite, öffnen Sie diese zuerst in einem Browser. Fragen Sie sonst Ihren Verwalter, ob die Adresse stimmt.</translation>
    </message>
    <message>
        <source>In about two minutes CamWatch counts people at your first camera and tells you when something happens. You can go back at any time, leave out what you do not need, and do the rest later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In and out counted</source>
        <translation>Hinein und hinaus gezählt</translation>
    </message>
    <message>
        <source>In and out need 2 or more.</source>
        <translation>Für hinein und hinaus sind mindestens 2 nötig.</translation>
    </message>
    <message>
        <source>In and out of each line and gate, step by step.</source>
        <translation>Hinein und hinaus an jeder Linie und jedem Tor, Schritt für Schritt.</translation>
    </message>
    <message>
        <source>In common</source>
        <translation>Gemeinsam</translation>
    </message>
    <message>
        <source>In each direction, however often somebody passes.</source>
        <translation>In jeder Richtung, wie oft auch immer jemand durchgeht.</translation>
    </message>
    <message>
        <source>In names and locations {number}, {name}, {make}, {model} and {address} are filled in.</source>
        <translation>In Namen und Orten werden {number}, {name}, {make}, {model} und {address} eingesetzt.</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the inbox of alerts</source>
        <translation>Im Eingang der Alarme</translation>
    </message>
    <message>
        <source>In the smallest unit of the currency, such as cents. 0 if unknown.</source>
        <translation>In der kleinsten Einheit der Währung, etwa Cent. 0, wenn unbekannt.</translation>
    </message>
    <message>
        <source>In this time</source>
        <translation>In dieser Zeit</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>In Verwendung</translation>
    </message>
    <message>
        <source>In view: {when}</source>
        <translation>Zu sehen: {when}</translation>
    </message>
    <message>
        <source>In {folder} lie counts that cannot be saved into it, in 1 file; docs/when-saving-fails.md says what they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In {folder} lie counts that cannot be saved into it, in {files} files; docs/when-saving-fails.md says what they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In {names}</source>
        <translation>In {names}</translation>
    </message>
    <message>
        <source>In {parent}.</source>
        <translation>In {parent}.</translation>
    </message>
    <message>
        <source>In: {ins}, counted {ins2}. Out: {outs}, counted {outs2}. {count} missed, {count2} counted without anybody.</source>
        <translation>Hinein: {ins}, gezählt {ins2}. Hinaus: {outs}, gezählt {outs2}. {count} übersehen, {count2} gezählt, ohne dass jemand da war.</translation>
    </message>
    <message>
        <source>Inbox</source>
        <translation>Eingang</translation>
    </message>
    <message>
        <source>Information</source>
        <translation>Information</translation>
    </message>
    <message>
        <source>Inner, end</source>
        <translation>Innen, Ende</translation>
    </message>
    <message>
        <source>Inner, start</source>
        <translation>Innen, Anfang</translation>
    </message>
    <message>
        <source>Insert {name}</source>
        <translation>{name} einfügen</translation>
    </message>
    <message>
        <source>Install CamWatch again. Until then pictures are shown, but nobody is counted.</source>
        <translation>Installieren Sie CamWatch neu. Bis dahin werden Bilder gezeigt, aber niemand wird gezählt.</translation>
    </message>
    <message>
        <source>Install the newer version.</source>
        <translation>Installieren Sie die neuere Version.</translation>
    </message>
    <message>
        <source>Installing CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interactive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is sent</source>
        <translation>Wird gesendet</translation>
    </message>
    <message>
        <source>Is there already: {known_as}</source>
        <translation>Schon vorhanden: {known_as}</translation>
    </message>
    <message>
        <source>Is told of alerts</source>
        <translation>Wird über Alarme benachrichtigt</translation>
    </message>
    <message>
        <source>Issued by</source>
        <translation>Ausgestellt von</translation>
    </message>
    <message>
        <source>Issued to</source>
        <translation>Ausgestellt für</translation>
    </message>
    <message>
        <source>Issuer of its tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answers with an error of its own. While it is away, only those can sign in whom it let in on this computer shortly before, with the same name and password.</source>
        <translation>Er antwortet mit einem eigenen Fehler. Solange er nicht erreichbar ist, können sich nur diejenigen anmelden, die er kurz zuvor an diesem Computer eingelassen hat, mit demselben Namen und Passwort.</translation>
    </message>
    <message>
        <source>It answers with something else</source>
        <translation>Die Gegenstelle antwortet mit etwas anderem</translation>
    </message>
    <message>
        <source>It cannot be read or written.</source>
        <translation>Sie kann nicht gelesen oder geschrieben werden.</translation>
    </message>
    <message>
        <source>It cannot be used, or it lies in the local network, so nobody was asked.</source>
        <translation>Sie ist nicht verwendbar oder liegt im lokalen Netzwerk; daher wurde niemand angefragt.</translation>
    </message>
    <message>
        <source>It could not be delivered within a day.</source>
        <translation>Die Zustellung gelang nicht innerhalb eines Tages.</translation>
    </message>
    <message>
        <source>It could not be done.</source>
        <translation>Es ließ sich nicht ausführen.</translation>
    </message>
    <message>
        <source>It could not be found out what is left of it.</source>
        <translation>Es ließ sich nicht herausfinden, was davon übrig ist.</translation>
    </message>
    <message>
        <source>It counts from a certainty of {certainty}, as suits it.</source>
        <translation>Es zählt ab einer Gewissheit von {certainty}, wie es zu ihm passt.</translation>
    </message>
    <message>
        <source>It counts too few people on the whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It counts too many people on the whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It did not answer.</source>
        <translation>Es kam keine Antwort.</translation>
    </message>
    <message>
        <source>It did not do what it was asked within five seconds.</source>
        <translation>Sie hat binnen fünf Sekunden nicht erledigt, was verlangt wurde.</translation>
    </message>
    <message>
        <source>It did not find exactly the people of the test picture.</source>
        <translation>Es fand nicht genau die Personen des Testbilds.</translation>
    </message>
    <message>
        <source>It did not work.{again}{answer}</source>
        <translation>Er funktionierte nicht.{again}{answer}</translation>
    </message>
    <message>
        <source>It does not agree with the login service&apos;s, or was set back.</source>
        <translation>Sie stimmt nicht mit der des Anmeldedienstes überein oder wurde zurückgestellt.</translation>
    </message>
    <message>
        <source>It does not answer now. Try again in a moment, or sign out and sign in as a user of this computer.</source>
        <translation>Er antwortet zurzeit nicht. Versuchen Sie es gleich noch einmal, oder melden Sie sich ab und als Benutzer dieses Computers wieder an.</translation>
    </message>
    <message>
        <source>It does not hold yet, and would be lost.</source>
        <translation>Es gilt noch nicht und ginge verloren.</translation>
    </message>
    <message>
        <source>It found {found} of {known} people in the test picture, and {false_alarms} where nobody is. Its counts may be wrong.</source>
        <translation>Es fand {found} von {known} Personen im Testbild und {false_alarms}, wo niemand ist. Seine Zählwerte sind vielleicht falsch.</translation>
    </message>
    <message>
        <source>It goes out by e-mail with a PDF file. The first one is that of the time that runs now.</source>
        <translation>Er wird per E-Mail mit einer PDF-Datei gesendet. Der erste ist der des jetzt laufenden Zeitraums.</translation>
    </message>
    <message>
        <source>It got through</source>
        <translation>Es kam durch</translation>
    </message>
    <message>
        <source>It got through, but not to everybody</source>
        <translation>Es kam durch, aber nicht zu allen</translation>
    </message>
    <message>
        <source>It got through: the popup was shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has an ON&amp;VIF service</source>
        <translation>Sie hat einen ONV&amp;IF-Dienst</translation>
    </message>
    <message>
        <source>It holds from the next picture on; numbers that are stored already stay as they are. Until the next audit, the badge says that the threshold has changed.</source>
        <translation>Sie gilt ab dem nächsten Bild; bereits gespeicherte Zahlen bleiben, wie sie sind. Bis zur nächsten Prüfung sagt die Plakette, dass die Schwelle geändert wurde.</translation>
    </message>
    <message>
        <source>It holds in all windows, on all workstations, and for all that is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds, and nobody has said that they know.</source>
        <translation>Er besteht, und niemand hat bestätigt, Bescheid zu wissen.</translation>
    </message>
    <message>
        <source>It is about no camera.</source>
        <translation>Er betrifft keine Kamera.</translation>
    </message>
    <message>
        <source>It is acknowledged already.</source>
        <translation>Er ist schon quittiert.</translation>
    </message>
    <message>
        <source>It is asked again tomorrow; this version goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is closed.</source>
        <translation>Er ist geschlossen.</translation>
    </message>
    <message>
        <source>It is gone</source>
        <translation>Es ist nicht mehr da</translation>
    </message>
    <message>
        <source>It is in the clipboard now.</source>
        <translation>Es ist jetzt in der Zwischenablage.</translation>
    </message>
    <message>
        <source>It is kept in this computer&apos;s keyring.</source>
        <translation>Es wird im Schlüsselbund dieses Computers gespeichert.</translation>
    </message>
    <message>
        <source>It is left alone for half to all of this before one probe, seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is locked: cameras with a password wait until its passphrase is entered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is no longer watched, and its password is forgotten. Its history is kept: what was counted so far can still be looked at.</source>
        <translation>Sie wird nicht mehr überwacht, und ihr Passwort wird vergessen. Ihr Verlauf bleibt: Was bisher gezählt wurde, lässt sich weiterhin ansehen.</translation>
    </message>
    <message>
        <source>It is not followed: look which one is right, and edit the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not in UTF-8, so it was read as Windows text (cp1252). Look at letters with accents.</source>
        <translation>Sie ist nicht in UTF-8, daher wurde sie als Windows-Text (cp1252) gelesen. Prüfen Sie Umlaute und Buchstaben mit Akzenten.</translation>
    </message>
    <message>
        <source>It is not known whether alerts get out: the history cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not on the shelf.</source>
        <translation>Er ist nicht zurückgestellt.</translation>
    </message>
    <message>
        <source>It is o&amp;ver</source>
        <translation>Es ist vor&amp;bei</translation>
    </message>
    <message>
        <source>It is over</source>
        <translation>Es ist vorbei</translation>
    </message>
    <message>
        <source>It is over, and somebody has seen it.</source>
        <translation>Er ist vorbei, und jemand hat ihn gesehen.</translation>
    </message>
    <message>
        <source>It is over, but nobody has seen it yet. Acknowledging closes it.</source>
        <translation>Er ist vorbei, aber noch hat ihn niemand gesehen. Quittieren schließt ihn.</translation>
    </message>
    <message>
        <source>It is shared: it goes for everybody. Its cameras stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is shown only now and kept nowhere. If it is lost, “Reset password” makes a new one.</source>
        <translation>Er wird nur jetzt angezeigt und nirgends aufbewahrt. Geht er verloren, erzeugt „Passwort zurücksetzen“ einen neuen.</translation>
    </message>
    <message>
        <source>It is so near to the edge of the picture that people are cut off before they are across. Move it inwards.</source>
        <translation>Sie liegt so nah am Bildrand, dass Personen abgeschnitten sind, bevor sie hinüber sind. Verschieben Sie sie nach innen.</translation>
    </message>
    <message>
        <source>It is still in this window, and is saved with the next key you press once the disk works.</source>
        <translation>Es ist noch in diesem Fenster und wird mit Ihrem nächsten Tastendruck gespeichert, sobald der Datenträger funktioniert.</translation>
    </message>
    <message>
        <source>It is still trusted here; renew it in the camera.</source>
        <translation>Hier wird ihm noch vertraut; erneuern Sie es in der Kamera.</translation>
    </message>
    <message>
        <source>It is tried again by itself. Check the camera&apos;s power and network cable.</source>
        <translation>Es wird von selbst erneut versucht. Prüfen Sie Stromversorgung und Netzwerkkabel der Kamera.</translation>
    </message>
    <message>
        <source>It is tried again by itself. If this goes on, set the camera to H.264.</source>
        <translation>Es wird von selbst erneut versucht. Wenn das anhält, stellen Sie die Kamera auf H.264 ein.</translation>
    </message>
    <message>
        <source>It is tried once on each ticked camera that needs one. Cameras lock an account after several wrong passwords, so try it on one first if you are not sure.</source>
        <translation>Sie wird einmal bei jeder angekreuzten Kamera versucht, die eine braucht. Kameras sperren ein Konto nach mehreren falschen Passwörtern; versuchen Sie es zuerst bei einer, wenn Sie nicht sicher sind.</translation>
    </message>
    <message>
        <source>It keeps telephones quiet, and does not hide anything: the alert is in the inbox all the same, and a more serious one is told at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It last worked {when_words}.</source>
        <translation>Er funktionierte zuletzt {when_words}.</translation>
    </message>
    <message>
        <source>It lasted {duration} before this alert.</source>
        <translation>Es hielt {duration} an, bevor dieser Alarm kam.</translation>
    </message>
    <message>
        <source>It lets you</source>
        <translation>Sie dürfen</translation>
    </message>
    <message>
        <source>It must exist; its tables are made.</source>
        <translation>Sie muss vorhanden sein; ihre Tabellen werden angelegt.</translation>
    </message>
    <message>
        <source>It must hold &amp;for</source>
        <translation>So &amp;lange muss es andauern</translation>
    </message>
    <message>
        <source>It must hold for</source>
        <translation>So lange muss es andauern</translation>
    </message>
    <message>
        <source>It points to another address</source>
        <translation>Die Gegenstelle verweist auf eine andere Adresse</translation>
    </message>
    <message>
        <source>It reported an error while the history was read or written.</source>
        <translation>Er meldete einen Fehler, als der Verlauf gelesen oder geschrieben wurde.</translation>
    </message>
    <message>
        <source>It rests on fewer than {fewest_intervals} comparisons.</source>
        <translation>Sie beruht auf weniger als {fewest_intervals} Vergleichen.</translation>
    </message>
    <message>
        <source>It saves most of the computing time at night. Who stands quite still is still counted, as long as this is not too seldom.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says that it is gone for good</source>
        <translation>Die Gegenstelle meldet, dass es sie nicht mehr gibt</translation>
    </message>
    <message>
        <source>It serves only one viewer at a time</source>
        <translation>Sie bedient nur einen Betrachter auf einmal</translation>
    </message>
    <message>
        <source>It still holds, and somebody knows.</source>
        <translation>Er besteht noch, und jemand weiß Bescheid.</translation>
    </message>
    <message>
        <source>It wants to be asked later</source>
        <translation>Die Gegenstelle möchte später gefragt werden</translation>
    </message>
    <message>
        <source>It was asked too often, by you or by others.</source>
        <translation>Er wurde zu oft gefragt, von Ihnen oder von anderen.</translation>
    </message>
    <message>
        <source>It was changed meanwhile</source>
        <translation>Es wurde inzwischen geändert</translation>
    </message>
    <message>
        <source>It was deleted, moved or replaced while CamWatch was running.</source>
        <translation>Sie wurde gelöscht, verschoben oder ersetzt, während CamWatch lief.</translation>
    </message>
    <message>
        <source>It was done by {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was ended because it became too large.</source>
        <translation>Sie wurde beendet, weil sie zu groß wurde.</translation>
    </message>
    <message>
        <source>It was ended because people are counted otherwise now: the model, the threshold, a line or the size of the pictures was changed.</source>
        <translation>Sie wurde beendet, weil jetzt anders gezählt wird: Das Modell, die Schwelle, eine Linie oder die Größe der Bilder wurde geändert.</translation>
    </message>
    <message>
        <source>It was ended because the disk is nearly full.</source>
        <translation>Sie wurde beendet, weil der Datenträger fast voll ist.</translation>
    </message>
    <message>
        <source>It was interrupted because CamWatch was closed.</source>
        <translation>Sie wurde unterbrochen, weil CamWatch geschlossen wurde.</translation>
    </message>
    <message>
        <source>It was not asked yet for newer versions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not down in this time.</source>
        <translation>In dieser Zeit ist sie nicht ausgefallen.</translation>
    </message>
    <message>
        <source>It was not entered, so nothing was done.</source>
        <translation>Es wurde nicht eingegeben; daher wurde nichts getan.</translation>
    </message>
    <message>
        <source>It was not looked through for faults yet since CamWatch was started.</source>
        <translation>Seit dem Start von CamWatch wurde er noch nicht auf Fehler durchgesehen.</translation>
    </message>
    <message>
        <source>It was not saved, and would be lost.</source>
        <translation>Es wurde nicht gespeichert und ginge verloren.</translation>
    </message>
    <message>
        <source>It was not written over. What it says now is shown; what you entered is still here: look at it, and save again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was put into the models folder. Test it: only then can it be used.</source>
        <translation>Es wurde in den Ordner der Modelle gelegt. Testen Sie es: Erst dann kann es verwendet werden.</translation>
    </message>
    <message>
        <source>It was reached, and answers with an error of its own.</source>
        <translation>Sie wurde erreicht und antwortet mit einem eigenen Fehler.</translation>
    </message>
    <message>
        <source>It was removed, so nobody can tell any more how it stood. Choose another one.</source>
        <translation>Sie wurde entfernt, deshalb lässt sich nicht mehr sagen, wie es um sie stand. Wählen Sie eine andere.</translation>
    </message>
    <message>
        <source>It was still running about {moment}. Nothing says what ended it: the power may have failed, or somebody or the system may have ended it by force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was stopped early.</source>
        <translation>Sie wurde vorzeitig angehalten.</translation>
    </message>
    <message>
        <source>It was watched for {stay}.</source>
        <translation>Beobachtete Zeit: {stay}.</translation>
    </message>
    <message>
        <source>It works.{answer}</source>
        <translation>Er funktioniert.{answer}</translation>
    </message>
    <message>
        <source>It {trouble}.</source>
        <translation>Die Datei {trouble}.</translation>
    </message>
    <message>
        <source>Its cameras stay as they are. Export it first if you may want it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its certificate is not trusted here, so nothing was sent.</source>
        <translation>Ihrem Zertifikat wird hier nicht vertraut; daher wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>Its certificate is not trusted here, so your password was not sent.</source>
        <translation>Seinem Zertifikat wird hier nicht vertraut; daher wurde Ihr Passwort nicht gesendet.</translation>
    </message>
    <message>
        <source>Its counts are poor; use the usual model if you can.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its file is gone. Put it back.</source>
        <translation>Seine Datei ist weg. Legen Sie sie zurück.</translation>
    </message>
    <message>
        <source>Its file is not the one that was tested. If you changed it, test it again.</source>
        <translation>Seine Datei ist nicht die getestete. Wenn Sie sie geändert haben, testen Sie noch einmal.</translation>
    </message>
    <message>
        <source>Its file is not where it was. If it was moved, choose Quit and put it back: nothing of it is missing then.</source>
        <translation>Die Datei ist nicht, wo sie war. Wenn sie verschoben wurde, wählen Sie „Beenden“ und legen Sie sie zurück: Dann fehlt nichts davon.</translation>
    </message>
    <message>
        <source>Its file or its folder may not be written.</source>
        <translation>Ihre Datei oder ihr Ordner ist schreibgeschützt.</translation>
    </message>
    <message>
        <source>Its home position</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its members stay; plans no longer tell the group.</source>
        <translation>Ihre Mitglieder bleiben; Pläne benachrichtigen die Gruppe nicht mehr.</translation>
    </message>
    <message>
        <source>Its numbers are in the charts. Which workstation counts a site is set under “History and storage”.</source>
        <translation>Ihre Zahlen stehen in den Diagrammen. Welcher Arbeitsplatz einen Standort zählt, wird unter „Verlauf und Speicherung“ eingestellt.</translation>
    </message>
    <message>
        <source>Its own words below say why. Check the sender and the addresses.</source>
        <translation>Ihre eigenen Worte unten sagen, warum. Prüfen Sie Absender und Adressen.</translation>
    </message>
    <message>
        <source>Its passphrase opens it until CamWatch closes.</source>
        <translation>Seine Passphrase öffnet ihn, bis CamWatch geschlossen wird.</translation>
    </message>
    <message>
        <source>Its password is deleted, too.{lost} What was sent by it stays in the history.</source>
        <translation>Auch das Passwort wird gelöscht.{lost} Was darüber gesendet wurde, bleibt im Verlauf.</translation>
    </message>
    <message>
        <source>Its password must be entered again afterwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pictures and what you counted are deleted. Audits that were stored stay.</source>
        <translation>Ihre Bilder und was Sie gezählt haben werden gelöscht. Gespeicherte Prüfungen bleiben erhalten.</translation>
    </message>
    <message>
        <source>Its pictures come too seldom to tell who passes its lines, so passages are not counted. Ask it more often, or lighten the network.</source>
        <translation>Ihre Bilder kommen zu selten, um zu erkennen, wer ihre Linien überquert; daher werden keine Durchgänge gezählt. Fragen Sie sie häufiger ab, oder entlasten Sie das Netz.</translation>
    </message>
    <message>
        <source>Its plan is removed. What was sent stays where it is.</source>
        <translation>Der Plan wird entfernt. Was schon gesendet wurde, bleibt, wo es ist.</translation>
    </message>
    <message>
        <source>Its port.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its users may</source>
        <translation>Ihre Benutzer dürfen</translation>
    </message>
    <message>
        <source>Its users need a second &amp;factor</source>
        <translation>Ihre Benutzer brauchen einen zweiten &amp;Faktor</translation>
    </message>
    <message>
        <source>Its users see only the cameras, numbers and alerts of these sites.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its whole path. Pictures of a folder are shown in the order of their names.</source>
        <translation>Der ganze Pfad. Bilder eines Ordners werden in der Reihenfolge ihrer Namen gezeigt.</translation>
    </message>
    <message>
        <source>Its window is closed, and people are counted and alerts told as before. A click on its icon in the tray shows the window again; the icon&apos;s menu ends CamWatch. Settings, Desktop, lets closing the window end it as well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>J  or  ↓</source>
        <translation>J  oder  ↓</translation>
    </message>
    <message>
        <source>JPEG pictures (*.jpg)</source>
        <translation>JPEG-Bilder (*.jpg)</translation>
    </message>
    <message>
        <source>Jan</source>
        <translation>Jan</translation>
    </message>
    <message>
        <source>January</source>
        <translation>Januar</translation>
    </message>
    <message>
        <source>Jan|January</source>
        <translation>Jan|Januar</translation>
    </message>
    <message>
        <source>Jul</source>
        <translation>Jul</translation>
    </message>
    <message>
        <source>July</source>
        <translation>Juli</translation>
    </message>
    <message>
        <source>Jul|July</source>
        <translation>Jul|Juli</translation>
    </message>
    <message>
        <source>Jun</source>
        <translation>Jun</translation>
    </message>
    <message>
        <source>June</source>
        <translation>Juni</translation>
    </message>
    <message>
        <source>Jun|June</source>
        <translation>Jun|Juni</translation>
    </message>
    <message>
        <source>Just went down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>K  or  ↑</source>
        <translation>K  oder  ↑</translation>
    </message>
    <message>
        <source>Keep a recording for an audit</source>
        <translation>Aufnahme für eine Prüfung behalten</translation>
    </message>
    <message>
        <source>Keep editing</source>
        <translation>Weiter bearbeiten</translation>
    </message>
    <message>
        <source>Keep fewer pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep it and go on</source>
        <translation>Übernehmen und weiter</translation>
    </message>
    <message>
        <source>Keep it onl&amp;y until CamWatch closes</source>
        <translation>Nur behal&amp;ten, bis CamWatch beendet wird</translation>
    </message>
    <message>
        <source>Keep passwords onl&amp;y until CamWatch closes</source>
        <translation>Passwörter nur behal&amp;ten, bis CamWatch beendet wird</translation>
    </message>
    <message>
        <source>Keep the &amp;picture of the moment as evidence</source>
        <translation>Bild des Zeit&amp;punkts als Beweisbild behalten</translation>
    </message>
    <message>
        <source>Keep the computer awake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the history for a shorter time</source>
        <translation>Den Verlauf kürzer aufbewahren</translation>
    </message>
    <message>
        <source>Keep the history {where} from the next start on?</source>
        <translation>Den Verlauf ab dem nächsten Start {where} aufbewahren?</translation>
    </message>
    <message>
        <source>Keep the picture of an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the screen on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the user</source>
        <translation>Benutzer behalten</translation>
    </message>
    <message>
        <source>Keep the user out and end all sessions, or let the user in again</source>
        <translation>Den Benutzer aussperren und alle Sitzungen beenden, oder ihn wieder einlassen</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep these codes</source>
        <translation>Bewahren Sie diese Codes auf</translation>
    </message>
    <message>
        <source>Keeping pictures is switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeping pictures is switched off in the settings.</source>
        <translation>Das Aufbewahren von Bildern ist in den Einstellungen ausgeschaltet.</translation>
    </message>
    <message>
        <source>Keeps out who only listens, but not who pretends to be the server. Better give the certificate that it is signed with below.</source>
        <translation>Hält fern, wer nur mithört, aber nicht, wer sich als Server ausgibt. Geben Sie besser unten das Zertifikat an, mit dem seines signiert ist.</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Kept awake by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept in</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>Kept until {astimezone:%Y-%m-%d %H:%M}.</source>
        <translation>Aufbewahrt bis {astimezone:%d.%m.%Y %H:%M}.</translation>
    </message>
    <message>
        <source>Key to type</source>
        <translation>Schlüssel zum Eintippen</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Kind of camera</source>
        <translation>Art der Kamera</translation>
    </message>
    <message>
        <source>Kind of file</source>
        <translation>Art der Datei</translation>
    </message>
    <message>
        <source>Kind: {family_words}</source>
        <translation>Art: {family_words}</translation>
    </message>
    <message>
        <source>Kiosk mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kiosk mode shows the wall alone. Ctrl+F11 leaves it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kiosk mode, and out of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known</source>
        <translation>Bekannt</translation>
    </message>
    <message>
        <source>Known, and can wait</source>
        <translation>Bekannt und kann warten</translation>
    </message>
    <message>
        <source>L&amp;ocation</source>
        <translation>&amp;Ort</translation>
    </message>
    <message>
        <source>L&amp;ook again</source>
        <translation>Erneut &amp;nachsehen</translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language, colours, size of the text, and whose clocks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Largest picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last &amp;run…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Letzte 24 Stunden</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Last 365 days</source>
        <translation>Letzte 365 Tage</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last 7 days: the lighter, the longer people were there. Crosses: many are first or last seen there. Lay lines across bright ways, away from crosses.</source>
        <translation>Letzte 7 Tage: je heller, desto länger waren Personen dort. Kreuze: Viele werden dort zuerst oder zuletzt gesehen. Legen Sie Linien quer zu hellen Wegen, fern von Kreuzen.</translation>
    </message>
    <message>
        <source>Last active</source>
        <translation>Zuletzt aktiv</translation>
    </message>
    <message>
        <source>Last alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last answer: {answer_words}</source>
        <translation>Letzte Antwort: {answer_words}</translation>
    </message>
    <message>
        <source>Last audit</source>
        <translation>Letzte Prüfung</translation>
    </message>
    <message>
        <source>Last delivered</source>
        <translation>Zuletzt zugestellt</translation>
    </message>
    <message>
        <source>Last hand-over</source>
        <translation>Letzte Übergabe</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>Letzte Stunde</translation>
    </message>
    <message>
        <source>Last month</source>
        <translation>Letzter Monat</translation>
    </message>
    <message>
        <source>Last picture</source>
        <translation>Letztes Bild</translation>
    </message>
    <message>
        <source>Last run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last sign-in</source>
        <translation>Letzte Anmeldung</translation>
    </message>
    <message>
        <source>Last week</source>
        <translation>Letzte Woche</translation>
    </message>
    <message>
        <source>Last {words}</source>
        <translation>Letzte {words}</translation>
    </message>
    <message>
        <source>Later: take the time of the step below</source>
        <translation>Später: die Zeit des Schritts darunter nehmen</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layout. {key}: the next one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layouts of the wall are not brought in by this CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leads to</source>
        <translation>Führt zu</translation>
    </message>
    <message>
        <source>Least serious message in the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation>Beibehalten</translation>
    </message>
    <message>
        <source>Leave it &amp;out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave kiosk mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out who stands in a hatched area, as the program does.</source>
        <translation>Lassen Sie aus, wer in einer schraffierten Fläche steht; das Programm tut es auch.</translation>
    </message>
    <message>
        <source>Leave people&apos;s &amp;names in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave this time out: what was counted is wrong</source>
        <translation>Diese Zeit auslassen: Was gezählt wurde, ist falsch</translation>
    </message>
    <message>
        <source>Left as it is, because somebody has changed it since: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left empty, alerts say it in the usual words.</source>
        <translation>Bleibt es leer, verwenden Alarme die üblichen Worte.</translation>
    </message>
    <message>
        <source>Left empty, it is nobody.</source>
        <translation>Bleibt es leer, ist niemand zuständig.</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>Ausgelassen</translation>
    </message>
    <message>
        <source>Length and cost</source>
        <translation>Länge und Kosten</translation>
    </message>
    <message>
        <source>Less &amp;motion: nothing moves that need not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less motion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less than a day</source>
        <translation>Weniger als ein Tag</translation>
    </message>
    <message>
        <source>Less than half of one of the times was measured, so that no difference is told in percent.</source>
        <translation>Von einer der beiden Zeiten wurde weniger als die Hälfte gemessen; daher wird kein Unterschied in Prozent angegeben.</translation>
    </message>
    <message>
        <source>Let a login service vouch for operators</source>
        <translation>Einen Anmeldedienst für Bediener bürgen lassen</translation>
    </message>
    <message>
        <source>Let a user sign in again</source>
        <translation>Benutzer wieder anmelden lassen</translation>
    </message>
    <message>
        <source>Let a user try again at once</source>
        <translation>Benutzer sofort wieder versuchen lassen</translation>
    </message>
    <message>
        <source>Let it hold again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let it repeat in its settings to see it again.</source>
        <translation>Lassen Sie sie in ihren Einstellungen wiederholen, um sie noch einmal zu sehen.</translation>
    </message>
    <message>
        <source>Let the privacy of a camera hold again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let this computer set its clock by the network, or counts stand at wrong times.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let “camwatch db move” go on with it.</source>
        <translation>Lassen Sie „camwatch db move“ damit fortfahren.</translation>
    </message>
    <message>
        <source>Letters, digits and . _ - @, without blanks, such as maria.meyer. Capitals make no difference.</source>
        <translation>Buchstaben, Ziffern und . _ - @, ohne Leerzeichen, etwa maria.meyer. Groß- und Kleinschreibung macht keinen Unterschied.</translation>
    </message>
    <message>
        <source>Library</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Lift it for a while</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lift privacy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lift the privacy of a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>Grenzwert</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <source>Line of time, at {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line or gate</source>
        <translation>Linie oder Tor</translation>
    </message>
    <message>
        <source>Line or zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {line}</source>
        <translation>Zeile {line}</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Linien</translation>
    </message>
    <message>
        <source>Lines and &amp;zones</source>
        <translation>Linien und &amp;Zonen</translation>
    </message>
    <message>
        <source>Lines and gates</source>
        <translation>Linien und Tore</translation>
    </message>
    <message>
        <source>Lines and zones</source>
        <translation>Linien und Zonen</translation>
    </message>
    <message>
        <source>Lines and zones of a camera</source>
        <translation>Linien und Zonen einer Kamera</translation>
    </message>
    <message>
        <source>Lines and zones of {name}</source>
        <translation>Linien und Zonen von {name}</translation>
    </message>
    <message>
        <source>Lines and zones of “{name}” were changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines and zones were changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines that are missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines, gates or masks of this camera were changed since it was recorded, so they cannot be shown where they were. Count as they were then, or discard the recording and begin anew.</source>
        <translation>Linien, Tore oder Masken dieser Kamera wurden seit der Aufnahme geändert und lassen sich deshalb nicht dort zeigen, wo sie waren. Zählen Sie so, wie sie damals waren, oder verwerfen Sie die Aufnahme und beginnen Sie neu.</translation>
    </message>
    <message>
        <source>Lines, zones and masks</source>
        <translation>Linien, Zonen und Masken</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>Anhören</translation>
    </message>
    <message>
        <source>Listen: {word}</source>
        <translation>Anhören: {word}</translation>
    </message>
    <message>
        <source>Lists of cameras (*.csv *.txt *.tsv);;All files (*)</source>
        <translation>Listen von Kameras (*.csv *.txt *.tsv);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Lists of users (*.csv *.txt *.tsv);;All files (*)</source>
        <translation>Benutzerlisten (*.csv *.txt *.tsv);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Little room on the disk</source>
        <translation>Wenig Platz auf dem Datenträger</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Live picture,</source>
        <translation>Live-Bild,</translation>
    </message>
    <message>
        <source>Live view while locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Location</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock	{sequence_of}</source>
        <translation>Sperren	{sequence_of}</translation>
    </message>
    <message>
        <source>Lock the session</source>
        <translation>Sitzung sperren</translation>
    </message>
    <message>
        <source>Lock; unlock</source>
        <translation>Sperren; entsperren</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>Gesperrt</translation>
    </message>
    <message>
        <source>Locked out</source>
        <translation>Ausgesperrt</translation>
    </message>
    <message>
        <source>Locked. Enter your password in the main window of CamWatch to see this wall again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked. The live view can be looked at; all else needs your password.</source>
        <translation>Gesperrt. Die Live-Ansicht ist zu sehen; alles andere erfordert Ihr Passwort.</translation>
    </message>
    <message>
        <source>Locks itself after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login ser&amp;vice…</source>
        <translation>&amp;Anmeldedienst…</translation>
    </message>
    <message>
        <source>Login service</source>
        <translation>Anmeldedienst</translation>
    </message>
    <message>
        <source>Login service away, limited rights until {until}</source>
        <translation>Anmeldedienst nicht erreichbar, eingeschränkte Rechte bis {until}</translation>
    </message>
    <message>
        <source>Login service, which is away</source>
        <translation>Anmeldedienst, nicht erreichbar</translation>
    </message>
    <message>
        <source>Login service…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longer ones are cut.</source>
        <translation>Längere werden gekürzt.</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>Längster</translation>
    </message>
    <message>
        <source>Longest message</source>
        <translation>Längste Nachricht</translation>
    </message>
    <message>
        <source>Longest sess&amp;ion</source>
        <translation>Längste S&amp;itzung</translation>
    </message>
    <message>
        <source>Longest session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest time for one picture, from look-up to its last byte, seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest time for one question to it, seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest time for one status request, seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest time until a stream gives its first picture, seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loo&amp;k…</source>
        <translation>Ans&amp;ehen…</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Erneut nachsehen</translation>
    </message>
    <message>
        <source>Look and &amp;test…</source>
        <translation>Ansehen und &amp;testen…</translation>
    </message>
    <message>
        <source>Look at it again, and repeat your change if it is still wanted.</source>
        <translation>Sehen Sie es sich noch einmal an, und wiederholen Sie Ihre Änderung, falls sie noch gewünscht ist.</translation>
    </message>
    <message>
        <source>Look at its settings under Alerts, Delivery.</source>
        <translation>Sehen Sie seine Einstellungen unter „Alarme“, „Zustellung“ an.</translation>
    </message>
    <message>
        <source>Look at the camera&apos;s certificate</source>
        <translation>Das Zertifikat der Kamera ansehen</translation>
    </message>
    <message>
        <source>Look at the disk and the folder “audits” of the profile. {log}</source>
        <translation>Sehen Sie nach dem Datenträger und dem Ordner „audits“ des Profils. {log}</translation>
    </message>
    <message>
        <source>Look at the past on the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the sheet for the next shift</source>
        <translation>Übergabeprotokoll für die nächste Schicht ansehen</translation>
    </message>
    <message>
        <source>Look at {names}: the reason stands at each camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look back in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look back…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for &amp;far, small people (costs more time)</source>
        <translation>Nach &amp;fernen, kleinen Personen suchen (kostet mehr Zeit)</translation>
    </message>
    <message>
        <source>Look for &amp;faults</source>
        <translation>Nach &amp;Fehlern suchen</translation>
    </message>
    <message>
        <source>Look for faults in the history</source>
        <translation>Nach Fehlern im Verlauf suchen</translation>
    </message>
    <message>
        <source>Look through a list of cameras</source>
        <translation>Liste von Kameras durchsehen</translation>
    </message>
    <message>
        <source>Look through a list of users</source>
        <translation>Liste von Benutzern durchsehen</translation>
    </message>
    <message>
        <source>Look under Live or Cameras what is wrong with it.</source>
        <translation>Sehen Sie unter „Live“ oder „Kameras“ nach, was ihr fehlt.</translation>
    </message>
    <message>
        <source>Look when a shift was handed over last</source>
        <translation>Ansehen, wann zuletzt eine Schicht übergeben wurde</translation>
    </message>
    <message>
        <source>Look whether something hangs over it.</source>
        <translation>Sehen Sie nach, ob etwas davor hängt.</translation>
    </message>
    <message>
        <source>Look whether the cameras are switched on and in this network. Cameras in another network are found by its addresses; a camera can also be added by itself, by its address.</source>
        <translation>Sehen Sie nach, ob die Kameras eingeschaltet und in diesem Netz sind. Kameras in einem anderen Netz werden über dessen Adressen gefunden; eine Kamera lässt sich auch einzeln über ihre Adresse hinzufügen.</translation>
    </message>
    <message>
        <source>Look whether the frames are where the people are.</source>
        <translation>Sehen Sie nach, ob die Rahmen dort sind, wo die Personen sind.</translation>
    </message>
    <message>
        <source>Looked at alone, the camera then shows the counted stream instead of the full picture.</source>
        <translation>Einzeln betrachtet, zeigt die Kamera dann den gezählten Stream statt des vollen Bilds.</translation>
    </message>
    <message>
        <source>Looked through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looked through {moment_of}: no fault inside.</source>
        <translation>Durchgesehen {moment_of}: kein Fehler darin.</translation>
    </message>
    <message>
        <source>Looked through {moment_of}: {verdict}</source>
        <translation>Durchgesehen {moment_of}: {verdict}</translation>
    </message>
    <message>
        <source>Looking again at a still view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the audits …</source>
        <translation>Die Prüfungen werden ausgewertet …</translation>
    </message>
    <message>
        <source>Looking at what is left of it, and at its copies…</source>
        <translation>Es wird nachgesehen, was von ihm übrig ist und welche Kopien es gibt…</translation>
    </message>
    <message>
        <source>Looking for cameras …</source>
        <translation>Kameras werden gesucht …</translation>
    </message>
    <message>
        <source>Looking for faults …</source>
        <translation>Suche nach Fehlern …</translation>
    </message>
    <message>
        <source>Looking what that would delete …</source>
        <translation>Es wird nachgesehen, was damit gelöscht würde …</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks at: {width} × {height} pixels</source>
        <translation>Sieht sich an: {width} × {height} Pixel</translation>
    </message>
    <message>
        <source>Lower finds more people and more coat stands; higher misses some. An audit of this camera says which one is best for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower finds more people and more that are none; higher finds fewer of both.</source>
        <translation>Niedriger findet mehr Personen und mehr, was keine sind; höher findet von beidem weniger.</translation>
    </message>
    <message>
        <source>Lower the resolution in the camera.</source>
        <translation>Verringern Sie die Auflösung in der Kamera.</translation>
    </message>
    <message>
        <source>Lower the resolution or quality in the camera.</source>
        <translation>Verringern Sie Auflösung oder Qualität in der Kamera.</translation>
    </message>
    <message>
        <source>Lowest score of a box that is counted as a person.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MJPEG stream</source>
        <translation>MJPEG-Stream</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Erstellt</translation>
    </message>
    <message>
        <source>Mail &amp;server</source>
        <translation>Mail&amp;server</translation>
    </message>
    <message>
        <source>Mail, SMS or a webhook delivers nothing.</source>
        <translation>E-Mail, SMS oder ein Webhook stellt nichts zu.</translation>
    </message>
    <message>
        <source>Mails</source>
        <translation>E-Mails</translation>
    </message>
    <message>
        <source>Main site</source>
        <translation>Hauptstandort</translation>
    </message>
    <message>
        <source>Make a copy of the history</source>
        <translation>Kopie des Verlaufs erstellen</translation>
    </message>
    <message>
        <source>Make a report</source>
        <translation>Bericht erstellen</translation>
    </message>
    <message>
        <source>Make a report…</source>
        <translation>Bericht erstellen…</translation>
    </message>
    <message>
        <source>Make a rule</source>
        <translation>Eine Regel anlegen</translation>
    </message>
    <message>
        <source>Make a secret that nobody can guess</source>
        <translation>Ein Geheimnis erzeugen, das niemand erraten kann</translation>
    </message>
    <message>
        <source>Make a user choose a new password</source>
        <translation>Benutzer ein neues Passwort wählen lassen</translation>
    </message>
    <message>
        <source>Make a vault for passwords</source>
        <translation>Tresor für Passwörter anlegen</translation>
    </message>
    <message>
        <source>Make a vault in the operator menu if they are to stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a vault…</source>
        <translation>Tresor anlegen…</translation>
    </message>
    <message>
        <source>Make and model</source>
        <translation>Hersteller und Modell</translation>
    </message>
    <message>
        <source>Make another plan that begins as this one is</source>
        <translation>Einen weiteren Plan erstellen, der wie dieser beginnt</translation>
    </message>
    <message>
        <source>Make another role that begins as this one is</source>
        <translation>Eine weitere Rolle anlegen, die wie diese beginnt</translation>
    </message>
    <message>
        <source>Make another rule that begins as this one is</source>
        <translation>Eine weitere Regel anlegen, die wie diese beginnt</translation>
    </message>
    <message>
        <source>Make diagnostics for support</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make it larger, smaller</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make new recovery codes</source>
        <translation>Neue Wiederherstellungscodes erstellen</translation>
    </message>
    <message>
        <source>Make room on that disk, or allow your account to write there. CamWatch goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make room on the disk of the profile, or keep the history for fewer days; when it is full, nothing more is saved.</source>
        <translation>Schaffen Sie Platz auf dem Datenträger des Profils, oder bewahren Sie den Verlauf weniger Tage auf; wenn der Datenträger voll ist, wird nichts mehr gespeichert.</translation>
    </message>
    <message>
        <source>Make room on the disk, or delete recordings that nobody needs.</source>
        <translation>Schaffen Sie Platz auf dem Datenträger, oder löschen Sie Aufnahmen, die niemand braucht.</translation>
    </message>
    <message>
        <source>Make room on the disk. CamWatch goes on by itself then.</source>
        <translation>Schaffen Sie Platz auf dem Datenträger. CamWatch macht dann von selbst weiter.</translation>
    </message>
    <message>
        <source>Make room on this disk soon.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make room on this disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the first administrator</source>
        <translation>Ersten Verwalter anlegen</translation>
    </message>
    <message>
        <source>Make the sheet for the next shift ({sequence_of})</source>
        <translation>Das Übergabeprotokoll für die nächste Schicht erstellen ({sequence_of})</translation>
    </message>
    <message>
        <source>Make the user the owner of the database and of all its tables, as docs/postgresql.md says.</source>
        <translation>Machen Sie den Benutzer zum Eigentümer der Datenbank und aller ihrer Tabellen, wie docs/postgresql.md es beschreibt.</translation>
    </message>
    <message>
        <source>Make the user the owner of the database, as docs/postgresql.md says.</source>
        <translation>Machen Sie den Benutzer zum Eigentümer der Datenbank, wie docs/postgresql.md es beschreibt.</translation>
    </message>
    <message>
        <source>Make the vault for passwords</source>
        <translation>Tresor für Passwörter anlegen</translation>
    </message>
    <message>
        <source>Many cameras at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Many providers want a password made for programs. It is kept in this computer&apos;s keyring.</source>
        <translation>Viele Anbieter verlangen ein eigenes Passwort für Programme. Es wird im Schlüsselbund dieses Computers gespeichert.</translation>
    </message>
    <message>
        <source>Map over the camera&apos;s picture</source>
        <translation>Karte über dem Bild der Kamera</translation>
    </message>
    <message>
        <source>Mar</source>
        <translation>Mär</translation>
    </message>
    <message>
        <source>March</source>
        <translation>März</translation>
    </message>
    <message>
        <source>Mar|March</source>
        <translation>Mär|März</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Masked parts are painted over.</source>
        <translation>Maskierte Teile sind übermalt.</translation>
    </message>
    <message>
        <source>Masks</source>
        <translation>Masken</translation>
    </message>
    <message>
        <source>May</source>
        <translation>Mai</translation>
    </message>
    <message>
        <source>May {may_words}. Sees cameras of: {sees}.{factor}</source>
        <translation>Darf {may_words}. Sieht Kameras von: {sees}.{factor}</translation>
    </message>
    <message>
        <source>May|May</source>
        <translation>Mai|Mai</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Mean of the minute {time}, {lowest} to {highest}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean, peak and coverage of each zone.</source>
        <translation>Mittel, Spitze und Abdeckung jeder Zone.</translation>
    </message>
    <message>
        <source>Mean, peak, coverage and quality of each step.</source>
        <translation>Mittel, Spitze, Abdeckung und Qualität jedes Schritts.</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Gemessen</translation>
    </message>
    <message>
        <source>Measured: {in_out}.</source>
        <translation>Gemessen: {in_out}.</translation>
    </message>
    <message>
        <source>Measured: {people}.</source>
        <translation>Gemessen: {people}.</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>Members</source>
        <translation>Mitglieder</translation>
    </message>
    <message>
        <source>Menlo</source>
        <translation>Menlo</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Nachricht</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>Nachrichten</translation>
    </message>
    <message>
        <source>Messages to be sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages:</source>
        <translation>Nachrichten:</translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation>Minutenwerte</translation>
    </message>
    <message>
        <source>Minutes are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes are kept for so many days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes of lines</source>
        <translation>Minutenwerte von Linien</translation>
    </message>
    <message>
        <source>Minutes of zones</source>
        <translation>Minutenwerte von Zonen</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Fehlt</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model that finds people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model&apos;s fingerprint</source>
        <translation>Fingerabdruck des Modells</translation>
    </message>
    <message>
        <source>Model: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Models ({pattern})</source>
        <translation>Modelle ({pattern})</translation>
    </message>
    <message>
        <source>Models that count…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models that find people</source>
        <translation>Modelle, die Personen finden</translation>
    </message>
    <message>
        <source>Models that find people…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moments at which you and the program differ</source>
        <translation>Zeitpunkte, zu denen Sie und das Programm voneinander abweichen</translation>
    </message>
    <message>
        <source>Mon</source>
        <translation>Mo</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>Montag</translation>
    </message>
    <message>
        <source>Month</source>
        <translation>Monat</translation>
    </message>
    <message>
        <source>Month before</source>
        <translation>Voriger Monat</translation>
    </message>
    <message>
        <source>Mon|Monday</source>
        <translation>Mo|Montag</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>More alerts of the rule “{rule_name}”</source>
        <translation>Weitere Alarme der Regel „{rule_name}“</translation>
    </message>
    <message>
        <source>More came in than went out</source>
        <translation>Mehr gingen hinein als hinaus</translation>
    </message>
    <message>
        <source>More cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More crossings than</source>
        <translation>Mehr Durchgänge als</translation>
    </message>
    <message>
        <source>More headers</source>
        <translation>Weitere Kopfzeilen</translation>
    </message>
    <message>
        <source>More of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More of it: {address}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More or fewer people passed than were counted</source>
        <translation>Es gingen mehr oder weniger Personen durch, als gezählt wurden</translation>
    </message>
    <message>
        <source>More than {number} people in {zone}: {camera}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More than {number} people: {camera}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most people pass it at only {value:.0f}°, nearly along it. Turn it so that people walk straight across.</source>
        <translation>Die meisten Personen überqueren sie in nur {value:.0f}°, gehen also fast an ihr entlang. Drehen Sie sie so, dass Personen gerade hinübergehen.</translation>
    </message>
    <message>
        <source>Most visits from {clock_hour} to {clock_hour2}: {number}</source>
        <translation>Die meisten Besuche von {clock_hour} bis {clock_hour2}: {number}</translation>
    </message>
    <message>
        <source>Move a camera</source>
        <translation>Kamera bewegen</translation>
    </message>
    <message>
        <source>Move a camera to a preset</source>
        <translation>Kamera an eine gespeicherte Position bewegen</translation>
    </message>
    <message>
        <source>Move a camera to its home position</source>
        <translation>Kamera in die Grundstellung bewegen</translation>
    </message>
    <message>
        <source>Move all</source>
        <translation>Alles übertragen</translation>
    </message>
    <message>
        <source>Move all into the keyring?</source>
        <translation>Alles in den Schlüsselbund übertragen?</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Move passwords from the vault to the keyring</source>
        <translation>Passwörter vom Tresor in den Schlüsselbund verschieben</translation>
    </message>
    <message>
        <source>Move the camera</source>
        <translation>Kamera bewegen</translation>
    </message>
    <message>
        <source>Move the camera, while held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the zoomed picture</source>
        <translation>Das vergrößerte Bild verschieben</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Move what is in view</source>
        <translation>Den Ausschnitt verschieben</translation>
    </message>
    <message>
        <source>Move; with Shift in small steps</source>
        <translation>Bewegen; mit Umschalt in kleinen Schritten</translation>
    </message>
    <message>
        <source>Must choose a password</source>
        <translation>Muss ein Passwort wählen</translation>
    </message>
    <message>
        <source>Mute alerts for 15 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mute {name}</source>
        <translation>Stumm {name}</translation>
    </message>
    <message>
        <source>My account</source>
        <translation>Mein Konto</translation>
    </message>
    <message>
        <source>My account…</source>
        <translation>Mein Konto…</translation>
    </message>
    <message>
        <source>NOT trusted</source>
        <translation>NICHT vertrauenswürdig</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Name and sharing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name and sharing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name at the login service</source>
        <translation>Name beim Anmeldedienst</translation>
    </message>
    <message>
        <source>Name of the action</source>
        <translation>Name der Aktion</translation>
    </message>
    <message>
        <source>Name of the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name or address of the server.</source>
        <translation>Name oder Adresse des Servers.</translation>
    </message>
    <message>
        <source>Name the file with the certificate of the authority that signed it, or ask your administrator whether this is the right server.</source>
        <translation>Nennen Sie die Datei mit dem Zertifikat der Stelle, die es signiert hat, oder fragen Sie Ihren Verwalter, ob dies der richtige Server ist.</translation>
    </message>
    <message>
        <source>Name there, such as shift-lead</source>
        <translation>Name dort, etwa schichtleitung</translation>
    </message>
    <message>
        <source>Name, or empty to write it by hand</source>
        <translation>Name, oder leer, um ihn von Hand einzutragen</translation>
    </message>
    <message>
        <source>Name, such as X-Site</source>
        <translation>Name, etwa X-Site</translation>
    </message>
    <message>
        <source>Names of operators, and names, addresses and numbers of recipients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly full: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needed</source>
        <translation>Nötig</translation>
    </message>
    <message>
        <source>Needed where less is hidden than before. It goes into the audit log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a sign-in</source>
        <translation>Braucht eine Anmeldung</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>Braucht Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Networks of this computer</source>
        <translation>Netze dieses Computers</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nie</translation>
    </message>
    <message>
        <source>Never a person</source>
        <translation>Nie eine Person</translation>
    </message>
    <message>
        <source>Never a person here</source>
        <translation>Hier nie eine Person</translation>
    </message>
    <message>
        <source>Never shown and never kept, whoever looks. People in it are counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never used yet</source>
        <translation>Noch nie verwendet</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>New &amp;passphrase</source>
        <translation>Neue &amp;Passphrase</translation>
    </message>
    <message>
        <source>New code</source>
        <translation>Neuer Code</translation>
    </message>
    <message>
        <source>New password due</source>
        <translation>Neues Passwort fällig</translation>
    </message>
    <message>
        <source>New plan</source>
        <translation>Neuer Plan</translation>
    </message>
    <message>
        <source>New report</source>
        <translation>Neuer Bericht</translation>
    </message>
    <message>
        <source>New report…</source>
        <translation>Neuer Bericht…</translation>
    </message>
    <message>
        <source>New role</source>
        <translation>Neue Rolle</translation>
    </message>
    <message>
        <source>New rule</source>
        <translation>Neue Regel</translation>
    </message>
    <message>
        <source>New rule…</source>
        <translation>Neue Regel…</translation>
    </message>
    <message>
        <source>New wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newer version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newer versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest copy</source>
        <translation>Neueste Sicherungskopie</translation>
    </message>
    <message>
        <source>Newest entry as noted</source>
        <translation>Neuester Eintrag laut Vermerk</translation>
    </message>
    <message>
        <source>Newest entry then</source>
        <translation>Damals neuester Eintrag</translation>
    </message>
    <message>
        <source>Next alert</source>
        <translation>Nächster Alarm</translation>
    </message>
    <message>
        <source>Next in {seconds} s: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next layout</source>
        <translation>Nächste Anordnung</translation>
    </message>
    <message>
        <source>Next month</source>
        <translation>Nächster Monat</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>Nächste Seite</translation>
    </message>
    <message>
        <source>Next page of cameras</source>
        <translation>Nächste Seite mit Kameras</translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation>Nächstes Bild</translation>
    </message>
    <message>
        <source>Next picture (full stop)</source>
        <translation>Nächstes Bild (Punkt)</translation>
    </message>
    <message>
        <source>Ni&amp;ghts</source>
        <translation>Nächt&amp;e</translation>
    </message>
    <message>
        <source>Nine tiles</source>
        <translation>Neun Kacheln</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>No PostgreSQL server answers for {place}: the connection was refused.</source>
        <translation>Für {place} antwortet kein PostgreSQL-Server: Die Verbindung wurde abgelehnt.</translation>
    </message>
    <message>
        <source>No alert about this camera yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No alert is open. The last one was raised {ago} ago, {when}:
{title}</source>
        <translation>Kein Alarm ist offen. Der letzte ist {ago} her, ausgelöst {when}:
{title}</translation>
    </message>
    <message>
        <source>No alert matches</source>
        <translation>Kein Alarm passt</translation>
    </message>
    <message>
        <source>No alert selected</source>
        <translation>Kein Alarm ausgewählt</translation>
    </message>
    <message>
        <source>No alert was open then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No alert yet</source>
        <translation>Noch kein Alarm</translation>
    </message>
    <message>
        <source>No alert: {why}.</source>
        <translation>Kein Alarm: {why}.</translation>
    </message>
    <message>
        <source>No audit tells yet</source>
        <translation>Noch sagt keine Prüfung etwas aus</translation>
    </message>
    <message>
        <source>No camera answers since {since} ({many}): probably this computer&apos;s network cable, or the switch at its end.</source>
        <translation>Seit {since} antwortet keine Kamera ({many}): wahrscheinlich liegt es am Netzwerkkabel dieses Computers oder am Switch an dessen Ende.</translation>
    </message>
    <message>
        <source>No camera audited yet</source>
        <translation>Noch keine Kamera geprüft</translation>
    </message>
    <message>
        <source>No camera is added</source>
        <translation>Keine Kamera ist hinzugefügt</translation>
    </message>
    <message>
        <source>No camera is added.</source>
        <translation>Keine Kamera ist hinzugefügt.</translation>
    </message>
    <message>
        <source>No camera is plugged in now. You can still enter its number.</source>
        <translation>Im Moment ist keine Kamera angeschlossen. Sie können trotzdem ihre Nummer eingeben.</translation>
    </message>
    <message>
        <source>No camera is switched on.</source>
        <translation>Keine Kamera ist eingeschaltet.</translation>
    </message>
    <message>
        <source>No camera is watched on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera matches</source>
        <translation>Keine Kamera passt</translation>
    </message>
    <message>
        <source>No camera needs attention.</source>
        <translation>Keine Kamera braucht Aufmerksamkeit.</translation>
    </message>
    <message>
        <source>No camera was found</source>
        <translation>Keine Kamera wurde gefunden</translation>
    </message>
    <message>
        <source>No cameras yet</source>
        <translation>Noch keine Kameras</translation>
    </message>
    <message>
        <source>No clear view</source>
        <translation>Keine klare Sicht</translation>
    </message>
    <message>
        <source>No daily copies are made, since the settings say so (history.backups is 0).</source>
        <translation>Es werden keine täglichen Kopien gemacht, denn so steht es in den Einstellungen (history.backups ist 0).</translation>
    </message>
    <message>
        <source>No drill was begun</source>
        <translation>Es wurde kein Probealarm begonnen</translation>
    </message>
    <message>
        <source>No drill was played since CamWatch was started.</source>
        <translation>Seit dem Start von CamWatch gab es keinen Probealarm.</translation>
    </message>
    <message>
        <source>No e-mail address is known of {named}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No entry chosen</source>
        <translation>Kein Eintrag ausgewählt</translation>
    </message>
    <message>
        <source>No entry matches</source>
        <translation>Kein Eintrag passt</translation>
    </message>
    <message>
        <source>No fault inside</source>
        <translation>Kein Fehler darin</translation>
    </message>
    <message>
        <source>No groups yet</source>
        <translation>Noch keine Gruppen</translation>
    </message>
    <message>
        <source>No key does that. Find anything (Ctrl+K) also finds what has no key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No key is trusted yet. Compare the fingerprints, and then trust these keys.</source>
        <translation>Noch wird keinem Schlüssel vertraut. Vergleichen Sie die Fingerabdrücke, und vertrauen Sie dann diesen Schlüsseln.</translation>
    </message>
    <message>
        <source>No line to suggest</source>
        <translation>Keine Linie vorzuschlagen</translation>
    </message>
    <message>
        <source>No measurement is in that copy: cameras, users and rules are as they were then.</source>
        <translation>In dieser Kopie ist kein Messwert: Kameras, Benutzer und Regeln sind, wie sie damals waren.</translation>
    </message>
    <message>
        <source>No message is like this</source>
        <translation>Keine Nachricht passt dazu</translation>
    </message>
    <message>
        <source>No more than {words} are listed at once. Narrow the filter to find older ones.</source>
        <translation>Mehr als {words} werden nicht auf einmal aufgeführt. Engen Sie den Filter ein, um ältere zu finden.</translation>
    </message>
    <message>
        <source>No more windows can be opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No number for {whole_span}</source>
        <translation>Seit {whole_span} keine Zahl</translation>
    </message>
    <message>
        <source>No other one is surely better for this camera.</source>
        <translation>Keine andere ist für diese Kamera sicher besser.</translation>
    </message>
    <message>
        <source>No password is in it: they stay in this computer&apos;s keyring.</source>
        <translation>Darin steht kein Passwort: Passwörter bleiben im Schlüsselbund dieses Computers.</translation>
    </message>
    <message>
        <source>No password is kept for it</source>
        <translation>Es ist kein Passwort dafür gespeichert</translation>
    </message>
    <message>
        <source>No password was sent. If the camera got a new certificate, an administrator can trust it in the camera&apos;s settings; if not, somebody else may be answering for it.</source>
        <translation>Es wurde kein Passwort gesendet. Hat die Kamera ein neues Zertifikat erhalten, kann ein Verwalter ihm in den Einstellungen der Kamera vertrauen; wenn nicht, antwortet vielleicht jemand anderes an ihrer Stelle.</translation>
    </message>
    <message>
        <source>No phone number is known of {named}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>Kein Bild</translation>
    </message>
    <message>
        <source>No picture has come from this camera yet.</source>
        <translation>Von dieser Kamera ist noch kein Bild gekommen.</translation>
    </message>
    <message>
        <source>No picture is kept.</source>
        <translation>Es ist kein Bild aufbewahrt.</translation>
    </message>
    <message>
        <source>No picture of the hour before is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture of this camera is ever shown or kept, only numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture of this camera is stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture of this camera was counted at this moment, so nobody knows how many people there were. It does not mean that there were none.</source>
        <translation>Zu diesem Zeitpunkt wurde kein Bild dieser Kamera ausgezählt; daher weiß niemand, wie viele Personen dort waren. Das heißt nicht, dass niemand dort war.</translation>
    </message>
    <message>
        <source>No picture of this camera was counted meanwhile, or a file was not readable. {facts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture of this camera yet</source>
        <translation>Noch kein Bild von dieser Kamera</translation>
    </message>
    <message>
        <source>No picture yet</source>
        <translation>Noch kein Bild</translation>
    </message>
    <message>
        <source>No picture yet from this camera</source>
        <translation>Noch kein Bild von dieser Kamera</translation>
    </message>
    <message>
        <source>No picture: {camera}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pictures are kept now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pictures are kept of this camera: count only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pictures are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pictures came for {time_left}.</source>
        <translation>{time_left} lang kamen keine Bilder.</translation>
    </message>
    <message>
        <source>No plan uses a channel yet.</source>
        <translation>Noch verwendet kein Plan einen Kanal.</translation>
    </message>
    <message>
        <source>No plan uses it, so there is nothing to prove.</source>
        <translation>Kein Plan verwendet ihn, daher gibt es nichts zu prüfen.</translation>
    </message>
    <message>
        <source>No preview</source>
        <translation>Keine Vorschau</translation>
    </message>
    <message>
        <source>No rehearsal</source>
        <translation>Kein Probelauf</translation>
    </message>
    <message>
        <source>No report is sent by itself</source>
        <translation>Kein Bericht wird automatisch gesendet</translation>
    </message>
    <message>
        <source>No room was left for {names}. Ctrl+Z brings it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No session is shown</source>
        <translation>Noch keine Sitzung zu sehen</translation>
    </message>
    <message>
        <source>No setting fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No shift was handed over in the last month.</source>
        <translation>Im letzten Monat wurde keine Schicht übergeben.</translation>
    </message>
    <message>
        <source>No site</source>
        <translation>Kein Standort</translation>
    </message>
    <message>
        <source>No unusual {one}</source>
        <translation>Keine ungewöhnliche {one}</translation>
    </message>
    <message>
        <source>No user has the role “{name}”.</source>
        <translation>Kein Benutzer hat die Rolle „{name}“.</translation>
    </message>
    <message>
        <source>No user matches</source>
        <translation>Kein passender Benutzer</translation>
    </message>
    <message>
        <source>No users are shown yet</source>
        <translation>Noch keine Benutzer zu sehen</translation>
    </message>
    <message>
        <source>No users in this list</source>
        <translation>Keine Benutzer in dieser Liste</translation>
    </message>
    <message>
        <source>No visits.</source>
        <translation>Keine Besuche.</translation>
    </message>
    <message>
        <source>No zone is drawn in this view. Draw one, and how long people stay in it is measured from then on.</source>
        <translation>In dieses Bild ist keine Zone gezeichnet. Zeichnen Sie eine, und von da an wird gemessen, wie lange Personen darin bleiben.</translation>
    </message>
    <message>
        <source>No {what} are drawn yet. Draw some in the counting setup of a camera.</source>
        <translation>Noch sind keine {what} gezeichnet. Zeichnen Sie welche in der Zähleinrichtung einer Kamera.</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Nobody</source>
        <translation>Niemand</translation>
    </message>
    <message>
        <source>Nobody answers there</source>
        <translation>Es antwortet dort niemand</translation>
    </message>
    <message>
        <source>Nobody appeared or vanished there: all is well.</source>
        <translation>Dort ist niemand aufgetaucht oder verschwunden: alles in Ordnung.</translation>
    </message>
    <message>
        <source>Nobody came</source>
        <translation>Niemand kam</translation>
    </message>
    <message>
        <source>Nobody can be told by mail or phone yet</source>
        <translation>Noch lässt sich niemand per E-Mail oder Telefon benachrichtigen</translation>
    </message>
    <message>
        <source>Nobody can find out a forgotten passphrase. Without it, the passwords of all cameras must be entered again.</source>
        <translation>Eine vergessene Passphrase kann niemand herausfinden. Ohne sie müssen die Passwörter aller Kameras neu eingegeben werden.</translation>
    </message>
    <message>
        <source>Nobody could be counted in this time.
{what_to_do}</source>
        <translation>In dieser Zeit konnte niemand gezählt werden.
{what_to_do}</translation>
    </message>
    <message>
        <source>Nobody else is told then.</source>
        <translation>Dann wird sonst niemand benachrichtigt.</translation>
    </message>
    <message>
        <source>Nobody has acknowledged this for {waited}.

{text}</source>
        <translation>Das hat schon {waited} lang niemand quittiert.

{text}</translation>
    </message>
    <message>
        <source>Nobody has checked any of these cameras yet.</source>
        <translation>Noch niemand hat eine dieser Kameras geprüft.</translation>
    </message>
    <message>
        <source>Nobody has checked yet how right the numbers of this camera are.</source>
        <translation>Noch hat niemand geprüft, wie genau die Zahlen dieser Kamera sind.</translation>
    </message>
    <message>
        <source>Nobody is added before you have seen here what the list holds.</source>
        <translation>Niemand wird hinzugefügt, bevor Sie hier gesehen haben, was die Liste enthält.</translation>
    </message>
    <message>
        <source>Nobody is counted at this spot. Del lets people be counted here again.</source>
        <translation>An dieser Stelle wird niemand gezählt. Mit Entf werden hier wieder Personen gezählt.</translation>
    </message>
    <message>
        <source>Nobody is named: choose who is told.</source>
        <translation>Es ist niemand genannt: Wählen Sie aus, wer benachrichtigt wird.</translation>
    </message>
    <message>
        <source>Nobody knows the name of the computer that holds {place} ({said}).</source>
        <translation>Den Namen des Computers von {place} kennt niemand ({said}).</translation>
    </message>
    <message>
        <source>Nobody of them is on call {when}. {then}</source>
        <translation>Niemand von ihnen ist {when} in Bereitschaft. {then}</translation>
    </message>
    <message>
        <source>Nobody signed in</source>
        <translation>Niemand angemeldet</translation>
    </message>
    <message>
        <source>Nobody takes care of</source>
        <translation>Zuständig ist jetzt niemand:</translation>
    </message>
    <message>
        <source>Nobody that this computer knows vouches for it; with most cameras that is so. Compare the fingerprint with the one on the camera&apos;s own page, or look at both from a computer that is connected to the camera directly. If you trust it, pictures are taken only from whoever shows this very certificate.</source>
        <translation>Niemand, den dieser Computer kennt, bürgt für dieses Zertifikat; bei den meisten Kameras ist das so. Vergleichen Sie den Fingerabdruck mit dem auf der eigenen Seite der Kamera, oder sehen Sie sich beide an einem Computer an, der direkt mit der Kamera verbunden ist. Wenn Sie dem Zertifikat vertrauen, werden Bilder nur von dem Gerät angenommen, das genau dieses Zertifikat vorzeigt.</translation>
    </message>
    <message>
        <source>Nobody was added</source>
        <translation>Niemand wurde hinzugefügt</translation>
    </message>
    <message>
        <source>Nobody was seen here in the last 7 days</source>
        <translation>In den letzten 7 Tagen wurde hier niemand gesehen</translation>
    </message>
    <message>
        <source>Nobody was seen in this time</source>
        <translation>In dieser Zeit wurde niemand gesehen</translation>
    </message>
    <message>
        <source>Nobody was there to be counted, so there is no accuracy in per cent.</source>
        <translation>Es war niemand da, der zu zählen gewesen wäre, daher gibt es keine Genauigkeit in Prozent.</translation>
    </message>
    <message>
        <source>Nobody will be told of this any more.{lately} Alerts that it has raised stay; those that are open return. To silence it for a while, switch it off instead.</source>
        <translation>Davon wird dann niemand mehr benachrichtigt.{lately} Alarme, die sie ausgelöst hat, bleiben; offene gelten als vorbei. Um sie nur eine Weile ruhen zu lassen, schalten Sie sie stattdessen aus.</translation>
    </message>
    <message>
        <source>Nobody would be let in: none of these names is in the list of roles.</source>
        <translation>Niemand würde eingelassen: Keiner dieser Namen steht in der Liste der Rollen.</translation>
    </message>
    <message>
        <source>Nobody yet: add recipients in the list of people</source>
        <translation>Noch niemand: Fügen Sie Empfänger in der Liste der Personen hinzu</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>None is set up here, or its settings cannot be used.</source>
        <translation>Hier ist keiner eingerichtet, oder seine Einstellungen sind nicht verwendbar.</translation>
    </message>
    <message>
        <source>None of the cameras is added.</source>
        <translation>Keine der Kameras ist hinzugefügt.</translation>
    </message>
    <message>
        <source>None of these is an RTSP stream</source>
        <translation>Keine davon ist ein RTSP-Stream</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>Nor does the screen go dark or lock by itself while people are counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not accepted</source>
        <translation>Nicht angenommen</translation>
    </message>
    <message>
        <source>Not acknowledged: {subject}</source>
        <translation>Nicht quittiert: {subject}</translation>
    </message>
    <message>
        <source>Not all channels of alerts were proven since {moment}: CamWatch does it once a day while it runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not allowed</source>
        <translation>Nicht erlaubt</translation>
    </message>
    <message>
        <source>Not applied</source>
        <translation>Nicht angewendet</translation>
    </message>
    <message>
        <source>Not as much was measured in one time as in the other, so that no difference is told in percent.</source>
        <translation>In einer der beiden Zeiten wurde weniger gemessen als in der anderen; daher wird kein Unterschied in Prozent angegeben.</translation>
    </message>
    <message>
        <source>Not asked yet</source>
        <translation>Noch nicht angefragt</translation>
    </message>
    <message>
        <source>Not at all</source>
        <translation>Gar nicht</translation>
    </message>
    <message>
        <source>Not audited yet</source>
        <translation>Noch nicht geprüft</translation>
    </message>
    <message>
        <source>Not complete yet</source>
        <translation>Noch nicht abgeschlossen</translation>
    </message>
    <message>
        <source>Not counted at that moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not counted for {whole_span}</source>
        <translation>Seit {whole_span} nicht gezählt</translation>
    </message>
    <message>
        <source>Not counted in time, so left out: {pictures}.</source>
        <translation>Nicht rechtzeitig gezählt und daher ausgelassen: {pictures}.</translation>
    </message>
    <message>
        <source>Not counted yet</source>
        <translation>Noch nicht gezählt</translation>
    </message>
    <message>
        <source>Not down once {span}.</source>
        <translation>Kein Ausfall {span}.</translation>
    </message>
    <message>
        <source>Not encrypted</source>
        <translation>Nicht verschlüsselt</translation>
    </message>
    <message>
        <source>Not enough weeks are known yet to say what is usual.</source>
        <translation>Noch sind nicht genug Wochen bekannt, um zu sagen, was üblich ist.</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Nicht bekannt</translation>
    </message>
    <message>
        <source>Not known yet whether it counts well</source>
        <translation>Noch nicht bekannt, ob sie gut zählt</translation>
    </message>
    <message>
        <source>Not known, for it is not counted now</source>
        <translation>Nicht bekannt, weil zurzeit nicht gezählt wird</translation>
    </message>
    <message>
        <source>Not live: the last picture is from</source>
        <translation>Nicht live: Das letzte Bild ist</translation>
    </message>
    <message>
        <source>Not needed any more</source>
        <translation>Nicht mehr nötig</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Nicht jetzt</translation>
    </message>
    <message>
        <source>Not possible now. Most often something has to be chosen on the page first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not read: {named} and {more} more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not read: {named}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Nicht gespeichert</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved. {whole}</source>
        <translation>Nicht gespeichert. {whole}</translation>
    </message>
    <message>
        <source>Not saved: {value}.</source>
        <translation>Nicht gespeichert: {value}.</translation>
    </message>
    <message>
        <source>Not sealed yet: {entries} of an older CamWatch</source>
        <translation>Noch nicht versiegelt: {entries} einer älteren CamWatch-Version</translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation>Nicht gesendet</translation>
    </message>
    <message>
        <source>Not sent {moment}: {why}</source>
        <translation>Nicht gesendet {moment}: {why}</translation>
    </message>
    <message>
        <source>Not to {address}: {words}</source>
        <translation>Nicht an {address}: {words}</translation>
    </message>
    <message>
        <source>Not told</source>
        <translation>Nicht gemeldet</translation>
    </message>
    <message>
        <source>Not undone. {title}. {whole} (Error {error_id})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Noted at</source>
        <translation>Vermerkt am</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Nothing differs: all is here as the file has it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found for “{query}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing happens at once: nobody hears of an alert before the first step.</source>
        <translation>Sofort geschieht nichts: Vor dem ersten Schritt erfährt niemand von einem Alarm.</translation>
    </message>
    <message>
        <source>Nothing is added before you have seen here what the list holds.</source>
        <translation>Nichts wird hinzugefügt, bevor Sie hier gesehen haben, was die Liste enthält.</translation>
    </message>
    <message>
        <source>Nothing is called that.</source>
        <translation>Nichts heißt so.</translation>
    </message>
    <message>
        <source>Nothing is chosen. Choose something here or on the picture, or draw it.</source>
        <translation>Nichts ist ausgewählt. Wählen Sie hier oder im Bild etwas aus, oder zeichnen Sie es.</translation>
    </message>
    <message>
        <source>Nothing is counted meanwhile: this computer has not yet seen which cameras there are. Once it has, it counts also while the server is away.</source>
        <translation>Inzwischen wird nichts gezählt: Dieser Computer hat noch nicht erfahren, welche Kameras es gibt. Sobald er es weiß, zählt er auch, während der Server nicht erreichbar ist.</translation>
    </message>
    <message>
        <source>Nothing is counted there meanwhile. Check power, cable and network of the camera.</source>
        <translation>Bis dahin wird dort nichts gezählt. Prüfen Sie Strom, Kabel und Netz der Kamera.</translation>
    </message>
    <message>
        <source>Nothing is drawn yet: the camera counts all the people it sees. Take a tool above the picture to draw a line, a gate, a zone or a mask.</source>
        <translation>Noch ist nichts gezeichnet: Die Kamera zählt alle Personen, die sie sieht. Nehmen Sie ein Werkzeug über dem Bild, um eine Linie, ein Tor, eine Zone oder eine Maske zu zeichnen.</translation>
    </message>
    <message>
        <source>Nothing is known of any hour.</source>
        <translation>Über keine Stunde ist etwas bekannt.</translation>
    </message>
    <message>
        <source>Nothing is known of this camera then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is known of this camera {span}.</source>
        <translation>Über diese Kamera ist {span} nichts bekannt.</translation>
    </message>
    <message>
        <source>Nothing is known of this time yet</source>
        <translation>Über diese Zeit ist noch nichts bekannt</translation>
    </message>
    <message>
        <source>Nothing is known to be missing.</source>
        <translation>Soweit bekannt, fehlt nichts.</translation>
    </message>
    <message>
        <source>Nothing is proven</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is stored yet of what this rule watches, so nobody can tell how often it would have fired. Save it all the same, and look again in a few days.</source>
        <translation>Noch ist nichts von dem gespeichert, worauf diese Regel achtet; deshalb lässt sich nicht sagen, wie oft sie ausgelöst hätte. Speichern Sie sie trotzdem, und sehen Sie in ein paar Tagen wieder nach.</translation>
    </message>
    <message>
        <source>Nothing is ticked yet, so nothing would be changed.</source>
        <translation>Noch ist nichts angekreuzt, deshalb würde nichts geändert.</translation>
    </message>
    <message>
        <source>Nothing leaves the screen: if nobody sits there, nobody hears of an alert.</source>
        <translation>Nichts verlässt den Bildschirm: Wenn dort niemand sitzt, erfährt niemand von einem Alarm.</translation>
    </message>
    <message>
        <source>Nothing measured yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing moved in view: the number of people was taken over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing moves in view: the number of people was taken over.</source>
        <translation>Im Bild bewegt sich nichts: Die Zahl der Personen wurde übernommen.</translation>
    </message>
    <message>
        <source>Nothing moves that need not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing needs to be done for alerts: they are tried again by themselves. Test again in a few minutes.</source>
        <translation>Für Alarme ist nichts zu tun: Sie werden von selbst erneut versucht. Testen Sie in einigen Minuten noch einmal.</translation>
    </message>
    <message>
        <source>Nothing needs to be done: it is asked again by itself.</source>
        <translation>Es ist nichts zu tun: Sie wird von selbst wieder abgefragt.</translation>
    </message>
    <message>
        <source>Nothing of this was sent to anybody.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing starts by itself</source>
        <translation>Nichts beginnt von selbst</translation>
    </message>
    <message>
        <source>Nothing that is stored now is older than that: nothing is deleted.</source>
        <translation>Nichts, was jetzt gespeichert ist, ist älter: Nichts wird gelöscht.</translation>
    </message>
    <message>
        <source>Nothing waits for longer than it should.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>Es wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Nothing was corrected in this time</source>
        <translation>In dieser Zeit wurde nichts korrigiert</translation>
    </message>
    <message>
        <source>Nothing was counted in this time.</source>
        <translation>In dieser Zeit wurde nichts gezählt.</translation>
    </message>
    <message>
        <source>Nothing was counted yet since CamWatch was started.</source>
        <translation>Seit dem Start von CamWatch wurde noch nichts gezählt.</translation>
    </message>
    <message>
        <source>Nothing was done yet</source>
        <translation>Noch wurde nichts getan</translation>
    </message>
    <message>
        <source>Nothing was ever written into the audit log.</source>
        <translation>Ins Protokoll wurde noch nie etwas geschrieben.</translation>
    </message>
    <message>
        <source>Nothing was measured</source>
        <translation>Es wurde nichts gemessen</translation>
    </message>
    <message>
        <source>Nothing was measured in the last hour.</source>
        <translation>In der letzten Stunde wurde nichts gemessen.</translation>
    </message>
    <message>
        <source>Nothing was measured in this time</source>
        <translation>In dieser Zeit wurde nichts gemessen</translation>
    </message>
    <message>
        <source>Nothing was recorded</source>
        <translation>Es wurde nichts aufgenommen</translation>
    </message>
    <message>
        <source>Nothing was recorded in this time.
{what_to_do}</source>
        <translation>In dieser Zeit wurde nichts aufgezeichnet.
{what_to_do}</translation>
    </message>
    <message>
        <source>Nothing was saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was sent yet</source>
        <translation>Es wurde noch nichts gesendet</translation>
    </message>
    <message>
        <source>Nothing was sent yet.</source>
        <translation>Noch wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>Nothing was stored.</source>
        <translation>Es wurde nichts gespeichert.</translation>
    </message>
    <message>
        <source>Nothing was written.</source>
        <translation>Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>Notice an error of the disk</source>
        <translation>Fehler des Datenträgers bemerken</translation>
    </message>
    <message>
        <source>Notice many wrong passwords</source>
        <translation>Viele falsche Passwörter bemerken</translation>
    </message>
    <message>
        <source>Notice tampering with the audit log</source>
        <translation>Manipulation des Protokolls bemerken</translation>
    </message>
    <message>
        <source>Notices about pictures</source>
        <translation>Hinweise zu Bildern</translation>
    </message>
    <message>
        <source>Notifications of the desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notify</source>
        <translation>Notify</translation>
    </message>
    <message>
        <source>Nov</source>
        <translation>Nov</translation>
    </message>
    <message>
        <source>November</source>
        <translation>November</translation>
    </message>
    <message>
        <source>Nov|November</source>
        <translation>Nov|November</translation>
    </message>
    <message>
        <source>Now it is kept in {place}.</source>
        <translation>Jetziger Ort: {place}.</translation>
    </message>
    <message>
        <source>Now {bias} in a picture on average; then it would be {bias_then}.</source>
        <translation>Im Mittel pro Bild jetzt: {bias}; danach: {bias_then}.</translation>
    </message>
    <message>
        <source>Now {text}.</source>
        <translation>Zurzeit: {text}.</translation>
    </message>
    <message>
        <source>Now: {counts}</source>
        <translation>Jetzt: {counts}</translation>
    </message>
    <message>
        <source>Now: {escape}</source>
        <translation>Jetzt: {escape}</translation>
    </message>
    <message>
        <source>Now: {named}</source>
        <translation>Jetzt: {named}</translation>
    </message>
    <message>
        <source>Nowhere: CamWatch draws these people on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number or name that messages are from; empty if the gateway has its own.</source>
        <translation>Nummer oder Name, von der Nachrichten stammen; leer, wenn das Gateway einen eigenen Absender hat.</translation>
    </message>
    <message>
        <source>Numbered &amp;from</source>
        <translation>Nummeriert a&amp;b</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>Nummern</translation>
    </message>
    <message>
        <source>Numbers are added up by site, its time zone decides when a day begins, and roles can be limited to sites.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers of that time are not kept any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers without + begin with +{code}.</source>
        <translation>Nummern ohne + beginnen mit +{code}.</translation>
    </message>
    <message>
        <source>ONNX Runtime cannot run the model: {error}</source>
        <translation>ONNX Runtime kann das Modell nicht ausführen: {error}</translation>
    </message>
    <message>
        <source>ONNX Runtime is not installed: {error}</source>
        <translation>ONNX Runtime ist nicht installiert: {error}</translation>
    </message>
    <message>
        <source>ONNX Runtime refuses the model: {error}</source>
        <translation>ONNX Runtime lehnt das Modell ab: {error}</translation>
    </message>
    <message>
        <source>Occupancy of the last hour</source>
        <translation>Belegung der letzten Stunde</translation>
    </message>
    <message>
        <source>Occupancy over time</source>
        <translation>Belegung im Zeitverlauf</translation>
    </message>
    <message>
        <source>Occupancy, {whose}, last hour</source>
        <translation>Belegung, {whose}, letzte Stunde</translation>
    </message>
    <message>
        <source>Oct</source>
        <translation>Okt</translation>
    </message>
    <message>
        <source>October</source>
        <translation>Oktober</translation>
    </message>
    <message>
        <source>Oct|October</source>
        <translation>Okt|Oktober</translation>
    </message>
    <message>
        <source>Of a</source>
        <translation>Zeitraum</translation>
    </message>
    <message>
        <source>Of its file</source>
        <translation>Der Datei</translation>
    </message>
    <message>
        <source>Of the counted passages, {share} were real.</source>
        <translation>Von den gezählten Durchgängen waren {share} wirklich.</translation>
    </message>
    <message>
        <source>Of the test picture, on this computer</source>
        <translation>Für das Testbild, auf diesem Computer</translation>
    </message>
    <message>
        <source>Of those who passed, {share} were counted.</source>
        <translation>Von denen, die durchgingen, wurden {share} gezählt.</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Off for an address that is only told that CamWatch is alive.</source>
        <translation>Aus für eine Adresse, der nur gemeldet wird, dass CamWatch läuft.</translation>
    </message>
    <message>
        <source>Off, because they broke too often: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off: both ways count</source>
        <translation>Aus: Beide Wege zählen</translation>
    </message>
    <message>
        <source>Off: each number as it was found</source>
        <translation>Aus: jede Zahl, wie sie gefunden wurde</translation>
    </message>
    <message>
        <source>Off: your password alone lets you in. With a device that makes codes, nobody gets in who only knows your password.</source>
        <translation>Aus: Ihr Passwort allein genügt. Mit einem Gerät, das Codes erzeugt, kommt niemand hinein, der nur Ihr Passwort kennt.</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>Often the whole e-mail address. Empty for a server that asks nobody to sign in.</source>
        <translation>Oft die ganze E-Mail-Adresse. Leer bei einem Server, der keine Anmeldung verlangt.</translation>
    </message>
    <message>
        <source>Old picture · {span} ago</source>
        <translation>Altes Bild · vor {span}</translation>
    </message>
    <message>
        <source>Older than this, charts can be zoomed to hours, no longer to minutes. 13 months let you compare any minute with the same day of the year before.</source>
        <translation>Was älter ist, lässt sich in Diagrammen auf Stunden vergrößern, nicht mehr auf Minuten. Mit 13 Monaten können Sie jede Minute mit demselben Tag des Vorjahres vergleichen.</translation>
    </message>
    <message>
        <source>Older than this, nothing is left: no year to compare with. They are small: a camera takes less than a megabyte a year. How cameras were is kept as long.</source>
        <translation>Was älter ist, ist ganz weg: kein Jahr zum Vergleichen. Sie sind klein: Eine Kamera braucht weniger als ein Megabyte im Jahr. Ebenso lange bleibt erhalten, in welchem Zustand Kameras waren.</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Ein</translation>
    </message>
    <message>
        <source>On average {mean_truth:.1f} people were there, and the program showed {mean_counted:.1f}.</source>
        <translation>Im Mittel waren {mean_truth:.1f} Personen da, und das Programm zeigte {mean_counted:.1f}.</translation>
    </message>
    <message>
        <source>On call</source>
        <translation>In Bereitschaft</translation>
    </message>
    <message>
        <source>On its way …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On that date</source>
        <translation>An diesem Datum</translation>
    </message>
    <message>
        <source>On the cameras page</source>
        <translation>Auf der Seite „Kameras“</translation>
    </message>
    <message>
        <source>On the charts page</source>
        <translation>Auf der Seite „Diagramme“</translation>
    </message>
    <message>
        <source>On the live page</source>
        <translation>Auf der Seite „Live“</translation>
    </message>
    <message>
        <source>On the screens</source>
        <translation>Auf den Bildschirmen</translation>
    </message>
    <message>
        <source>On the users page</source>
        <translation>Auf der Seite „Benutzer“</translation>
    </message>
    <message>
        <source>On: guards go on seeing pictures and counts, and nothing else. Off: a locked CamWatch shows only the field for the password.</source>
        <translation>Ein: Das Wachpersonal sieht weiterhin Bilder und Zählwerte, sonst nichts. Aus: Ein gesperrtes CamWatch zeigt nur das Feld für das Passwort.</translation>
    </message>
    <message>
        <source>On: signing in asks for a code of your device as well as for your password.</source>
        <translation>Ein: Beim Anmelden wird neben Ihrem Passwort ein Code Ihres Geräts verlangt.</translation>
    </message>
    <message>
        <source>Once a camera counts, its numbers appear here. Cameras are added under Cameras.</source>
        <translation>Sobald eine Kamera zählt, erscheinen ihre Zahlen hier. Kameras fügen Sie unter „Kameras“ hinzu.</translation>
    </message>
    <message>
        <source>Once a rule raises one, it appears here by itself. What is watched for is under “Rules”.</source>
        <translation>Sobald eine Regel einen Alarm auslöst, erscheint er hier von selbst. Worauf geachtet wird, steht unter „Regeln“.</translation>
    </message>
    <message>
        <source>One change is not saved yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One computer, nothing to install. Room for years of a hundred cameras. Copies are made by CamWatch.</source>
        <translation>Ein Computer, nichts zu installieren. Platz für Jahre mit hundert Kameras. CamWatch erstellt die Sicherungskopien.</translation>
    </message>
    <message>
        <source>One day</source>
        <translation>Ein Tag</translation>
    </message>
    <message>
        <source>One fewer</source>
        <translation>Eine weniger</translation>
    </message>
    <message>
        <source>One hour back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One hour on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One is kept and never shown. Leave this empty to keep it.</source>
        <translation>Es ist gespeichert und wird nie angezeigt. Lassen Sie das Feld leer, um es zu behalten.</translation>
    </message>
    <message>
        <source>One large tile, small ones round it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One measurement back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One measurement on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One minute back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One minute on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One model counts for all cameras. Your own model file is tested first, and is used only while it is, to the last bit, the one that was tested.</source>
        <translation>Ein Modell zählt für alle Kameras. Ihre eigene Modelldatei wird zuerst getestet und nur verwendet, solange sie bis aufs letzte Bit die getestete ist.</translation>
    </message>
    <message>
        <source>One model counts for all cameras. Your role lets you see the models, and not test, add or choose them. An administrator can give you another role.</source>
        <translation>Ein Modell zählt für alle Kameras. Mit Ihrer Rolle können Sie die Modelle sehen, aber nicht testen, hinzufügen oder auswählen. Ein Verwalter kann Ihnen eine andere Rolle geben.</translation>
    </message>
    <message>
        <source>One moment, please …</source>
        <translation>Einen Augenblick, bitte …</translation>
    </message>
    <message>
        <source>One month</source>
        <translation>Ein Monat</translation>
    </message>
    <message>
        <source>One more</source>
        <translation>Eine mehr</translation>
    </message>
    <message>
        <source>One of those that you kept. Each can be used once.</source>
        <translation>Einer von denen, die Sie aufbewahrt haben. Jeder gilt nur einmal.</translation>
    </message>
    <message>
        <source>One picture of each camera &amp;every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One question to all; cameras that speak ONVIF answer by themselves, also in IPv6 networks. It does not pass routers.</source>
        <translation>Eine Frage an alle; Kameras, die ONVIF sprechen, antworten von selbst, auch in IPv6-Netzen. Sie geht nicht über Router hinweg.</translation>
    </message>
    <message>
        <source>One small picture of each camera is kept for the time machine every so many seconds, and when its number of people changes, but at most one in 10 seconds; 0 keeps none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One that you have, or a simulated one to try things out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One tile</source>
        <translation>Eine Kachel</translation>
    </message>
    <message>
        <source>One week</source>
        <translation>Eine Woche</translation>
    </message>
    <message>
        <source>One year</source>
        <translation>Ein Jahr</translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation>Einmalcode</translation>
    </message>
    <message>
        <source>One-time code for {breakable}</source>
        <translation>Einmalcode für {breakable}</translation>
    </message>
    <message>
        <source>One-time code of {name}</source>
        <translation>Einmalcode von {name}</translation>
    </message>
    <message>
        <source>One-time codes</source>
        <translation>Einmalcodes</translation>
    </message>
    <message>
        <source>Only at &amp;these hours of the week</source>
        <translation>Nur zu &amp;diesen Stunden der Woche</translation>
    </message>
    <message>
        <source>Only by</source>
        <translation>Nur von</translation>
    </message>
    <message>
        <source>Only cameras with lines or gates can be too slow.</source>
        <translation>Nur Kameras mit Linien oder Toren können zu langsam sein.</translation>
    </message>
    <message>
        <source>Only critical</source>
        <translation>Nur kritisch</translation>
    </message>
    <message>
        <source>Only for a certificate of your own organisation, PEM.</source>
        <translation>Nur für ein Zertifikat Ihrer eigenen Organisation, PEM.</translation>
    </message>
    <message>
        <source>Only for a server whose certificate is of your own organisation, PEM. Empty trusts what this computer trusts.</source>
        <translation>Nur für einen Server mit einem Zertifikat Ihrer eigenen Organisation, PEM. Leer gilt, was für diesen Computer vertrauenswürdig ist.</translation>
    </message>
    <message>
        <source>Only here, stays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only if the settings let pictures leave this computer: send_pictures in the part [alerts] of the settings file, which is off at first. Masked parts stay masked.</source>
        <translation>Nur wenn die Einstellungen erlauben, dass Bilder diesen Computer verlassen: send_pictures im Abschnitt [alerts] der Einstellungsdatei, anfangs aus. Maskierte Teile bleiben maskiert.</translation>
    </message>
    <message>
        <source>Only people in view</source>
        <translation>Nur Personen im Bild</translation>
    </message>
    <message>
        <source>Only this</source>
        <translation>Nur dies</translation>
    </message>
    <message>
        <source>Only this computer has the history open: it counts all sites. Several workstations can share a history once it is on a PostgreSQL server; see “Where it is”.</source>
        <translation>Nur dieser Computer hat den Verlauf geöffnet: Er zählt alle Standorte. Mehrere Arbeitsplätze können sich einen Verlauf teilen, sobald er auf einem PostgreSQL-Server liegt; siehe „Ort“.</translation>
    </message>
    <message>
        <source>Only want to look around first?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only what differs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only with this result</source>
        <translation>Nur mit diesem Ergebnis</translation>
    </message>
    <message>
        <source>Only you should know it.</source>
        <translation>Nur Sie sollten es kennen.</translation>
    </message>
    <message>
        <source>Only {coverage:.0%} of this time was measured.</source>
        <translation>Nur {coverage:.0%} dieser Zeit wurden gemessen.</translation>
    </message>
    <message>
        <source>Only {people}</source>
        <translation>Nur {people}</translation>
    </message>
    <message>
        <source>Only {value:,.0f} MiB are free on the disk of the history. Delete or move other files, or keep the history for a shorter time.</source>
        <translation>Auf dem Datenträger des Verlaufs sind nur {value:,.0f} MiB frei. Löschen oder verschieben Sie andere Dateien, oder bewahren Sie den Verlauf kürzer auf.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Open &amp;sessions</source>
        <translation>Offene &amp;Sitzungen</translation>
    </message>
    <message>
        <source>Open Alerts, Delivery, and send a test over this channel. What waits is sent as soon as it works again.</source>
        <translation>Öffnen Sie „Alarme“, „Zustellung“, und senden Sie einen Test über diesen Kanal. Was wartet, wird gesendet, sobald es wieder geht.</translation>
    </message>
    <message>
        <source>Open a recording for an audit</source>
        <translation>Aufnahme für eine Prüfung öffnen</translation>
    </message>
    <message>
        <source>Open a workspace file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in another window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open now</source>
        <translation>Jetzt offen</translation>
    </message>
    <message>
        <source>Open now: {opened}.
Raised in the shift: {happened}.</source>
        <translation>Jetzt offen: {opened}.
In der Schicht ausgelöst: {happened}.</translation>
    </message>
    <message>
        <source>Open sessions</source>
        <translation>Offene Sitzungen</translation>
    </message>
    <message>
        <source>Open the alert</source>
        <translation>Alarm öffnen</translation>
    </message>
    <message>
        <source>Open the tile alone</source>
        <translation>Die Kachel allein öffnen</translation>
    </message>
    <message>
        <source>OpenCV cannot run the model: {error}</source>
        <translation>OpenCV kann das Modell nicht ausführen: {error}</translation>
    </message>
    <message>
        <source>OpenCV refuses the model: {error}</source>
        <translation>OpenCV lehnt das Modell ab: {error}</translation>
    </message>
    <message>
        <source>Opens everywhere; comma, point, UTF-8.</source>
        <translation>Lässt sich überall öffnen; Komma, Punkt, UTF-8.</translation>
    </message>
    <message>
        <source>Operate</source>
        <translation>Bedienen</translation>
    </message>
    <message>
        <source>Operator menu</source>
        <translation>Menü des Bedieners</translation>
    </message>
    <message>
        <source>Or sign in with a user of this computer.</source>
        <translation>Oder melden Sie sich mit einem Benutzer dieses Computers an.</translation>
    </message>
    <message>
        <source>Or type this key into it:</source>
        <translation>Oder tippen Sie diesen Schlüssel dort ein:</translation>
    </message>
    <message>
        <source>Otherwise the password can be kept only until CamWatch closes.</source>
        <translation>Sonst lässt sich das Passwort nur aufbewahren, bis CamWatch geschlossen wird.</translation>
    </message>
    <message>
        <source>Other…</source>
        <translation>Andere…</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Hinaus</translation>
    </message>
    <message>
        <source>Outbox</source>
        <translation>Postausgang</translation>
    </message>
    <message>
        <source>Outbox ({waiting})</source>
        <translation>Postausgang ({waiting})</translation>
    </message>
    <message>
        <source>Outer, end</source>
        <translation>Außen, Ende</translation>
    </message>
    <message>
        <source>Outer, start</source>
        <translation>Außen, Anfang</translation>
    </message>
    <message>
        <source>Over</source>
        <translation>Vorbei</translation>
    </message>
    <message>
        <source>Over since</source>
        <translation>Vorbei seit</translation>
    </message>
    <message>
        <source>Over, unseen</source>
        <translation>Vorbei, ungesehen</translation>
    </message>
    <message>
        <source>Over: {subject}</source>
        <translation>Vorbei: {subject}</translation>
    </message>
    <message>
        <source>Own</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>Zuständig</translation>
    </message>
    <message>
        <source>Owner: {one_line}</source>
        <translation>Zuständig: {one_line}</translation>
    </message>
    <message>
        <source>P&amp;ort</source>
        <translation>P&amp;ort</translation>
    </message>
    <message>
        <source>P&amp;rotection of the connection</source>
        <translation>Schutz de&amp;r Verbindung</translation>
    </message>
    <message>
        <source>PDF files (*.pdf)</source>
        <translation>PDF-Dateien (*.pdf)</translation>
    </message>
    <message>
        <source>PLAIN {base64}</source>
        <translation>PLAIN {base64}</translation>
    </message>
    <message>
        <source>PNG pictures (*.png)</source>
        <translation>PNG-Bilder (*.png)</translation>
    </message>
    <message>
        <source>Packaging: how what is installed is built</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Page before</source>
        <translation>Seite davor</translation>
    </message>
    <message>
        <source>Page down</source>
        <translation>Bild ab</translation>
    </message>
    <message>
        <source>Page up</source>
        <translation>Bild auf</translation>
    </message>
    <message>
        <source>Page {page} of {pages}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page {value} of {count}{more}</source>
        <translation>Seite {value} von {count}{more}</translation>
    </message>
    <message>
        <source>Page ↑ ↓</source>
        <translation>Bild ↑ ↓</translation>
    </message>
    <message>
        <source>Pages, actions, cameras, alerts, settings, help ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pan left</source>
        <translation>Nach links schwenken</translation>
    </message>
    <message>
        <source>Pan right</source>
        <translation>Nach rechts schwenken</translation>
    </message>
    <message>
        <source>Parquet</source>
        <translation>Parquet</translation>
    </message>
    <message>
        <source>Parquet files (*.parquet)</source>
        <translation>Parquet-Dateien (*.parquet)</translation>
    </message>
    <message>
        <source>Part of a name or a role ({sequence_of})</source>
        <translation>Teil eines Namens oder einer Rolle ({sequence_of})</translation>
    </message>
    <message>
        <source>Partly hidden</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of its file cannot be read or contradict each other. That happens when a disk fails, or when another program writes into the file.</source>
        <translation>Teile der Datei lassen sich nicht lesen oder widersprechen einander. Das kommt vor, wenn ein Datenträger versagt oder ein anderes Programm in die Datei schreibt.</translation>
    </message>
    <message>
        <source>Parts of its file cannot be read.</source>
        <translation>Teile ihrer Datei sind nicht lesbar.</translation>
    </message>
    <message>
        <source>Pass it on in person or by telephone. With it the user signs in once, and chooses </source>
        <translation>Geben Sie ihn persönlich oder am Telefon weiter. Damit meldet sich der Benutzer einmal an und wählt </translation>
    </message>
    <message>
        <source>Pass&amp;word</source>
        <translation>Pass&amp;wort</translation>
    </message>
    <message>
        <source>Pass&amp;word or token</source>
        <translation>&amp;Passwort oder Token</translation>
    </message>
    <message>
        <source>Passages of lines</source>
        <translation>Durchgänge an Linien</translation>
    </message>
    <message>
        <source>Passed in</source>
        <translation>Hineingegangen</translation>
    </message>
    <message>
        <source>Passed out</source>
        <translation>Hinausgegangen</translation>
    </message>
    <message>
        <source>Passed: no picture was written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passed: {inwards:,} in, {outwards:,} out (countable for {percent} of the time).</source>
        <translation>Durchgänge: {inwards:,} hinein, {outwards:,} hinaus (zählbar für {percent} der Zeit).</translation>
    </message>
    <message>
        <source>Passing {line}: {camera}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passing “{place}”</source>
        <translation>Durchgänge bei „{place}“</translation>
    </message>
    <message>
        <source>Passwor&amp;d</source>
        <translation>Pass&amp;wort</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Password locked</source>
        <translation>Passwort gesperrt</translation>
    </message>
    <message>
        <source>Password missing</source>
        <translation>Passwort fehlt</translation>
    </message>
    <message>
        <source>Passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passwords are kept in the vault {file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passwords cannot be kept safely on this computer</source>
        <translation>Passwörter können auf diesem Computer nicht sicher aufbewahrt werden</translation>
    </message>
    <message>
        <source>Passwords that were changed since are missing in it. If you did not put it there yourself, somebody else may have: put the newest copy in its place.</source>
        <translation>Seither geänderte Passwörter fehlen darin. Wenn nicht Sie selbst die Kopie dorthin gelegt haben, war es vielleicht jemand anderes: Legen Sie die neueste Kopie an ihre Stelle.</translation>
    </message>
    <message>
        <source>Passwords, tokens and the like were hidden in {number} places: you see *** there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste them where nobody else can read them.</source>
        <translation>Fügen Sie sie dort ein, wo sonst niemand sie lesen kann.</translation>
    </message>
    <message>
        <source>Path of ONVIF</source>
        <translation>Pfad von ONVIF</translation>
    </message>
    <message>
        <source>Path of the &amp;full picture</source>
        <translation>Pfad des &amp;vollen Bilds</translation>
    </message>
    <message>
        <source>Path of the sna&amp;pshot</source>
        <translation>&amp;Pfad des Schnappschusses</translation>
    </message>
    <message>
        <source>Path of the status</source>
        <translation>Pfad des Status</translation>
    </message>
    <message>
        <source>Path of the str&amp;eam</source>
        <translation>Pfad des Str&amp;eams</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pause after a refused password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Spitze</translation>
    </message>
    <message>
        <source>Peak, at most</source>
        <translation>Spitze, höchstens</translation>
    </message>
    <message>
        <source>People &amp;passing a line</source>
        <translation>Durch&amp;gänge an einer Linie</translation>
    </message>
    <message>
        <source>People appear on a simulated camera, and the whole chain is watched: counting, rule, alert, popup, and one message by each channel in use. Real cameras are not touched. Every message says that it is a drill; a text message costs what it always costs.</source>
        <translation>Personen erscheinen auf einer simulierten Kamera, und die ganze Kette wird beobachtet: Zählen, Regel, Alarm, Hinweisfenster und je eine Nachricht über jeden verwendeten Kanal. Echte Kameras bleiben unberührt. Jede Nachricht sagt, dass es ein Probealarm ist; eine SMS kostet so viel wie immer.</translation>
    </message>
    <message>
        <source>People are being counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People are drawn as shapes on a still view of the place. Nothing else that moves is seen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People are made unrecognisable in all that is shown and kept; the place around them stays as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People are not being counted</source>
        <translation>Es werden keine Personen gezählt</translation>
    </message>
    <message>
        <source>People are not counted</source>
        <translation>Personen werden nicht gezählt</translation>
    </message>
    <message>
        <source>People are then seen in the live view until the time is over, you end it, or you sign out. Everybody sees that it is lifted, by whom and why. What is kept stays hidden, and so do areas that are never shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People at each hour of the week. Move with the arrow keys.</source>
        <translation>Personen zu jeder Stunde der Woche. Bewegen Sie sich mit den Pfeiltasten.</translation>
    </message>
    <message>
        <source>People cannot be counted</source>
        <translation>Personen können nicht gezählt werden</translation>
    </message>
    <message>
        <source>People cannot be counted well in such pictures: the number is doubtful.</source>
        <translation>In solchen Bildern lassen sich Personen nicht gut zählen: Die Zahl ist zweifelhaft.</translation>
    </message>
    <message>
        <source>People cannot be counted: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in &amp;view</source>
        <translation>Personen im &amp;Bild</translation>
    </message>
    <message>
        <source>People in this picture</source>
        <translation>Personen in diesem Bild</translation>
    </message>
    <message>
        <source>People in view</source>
        <translation>Personen im Bild</translation>
    </message>
    <message>
        <source>People in view need a picture every second or two. Lines need at least two a second: whoever walks past between two pictures is not counted. More pictures need more of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in view now</source>
        <translation>Personen, die jetzt im Bild sind</translation>
    </message>
    <message>
        <source>People in view on average at each hour of the week. Hatched: nothing was measured; a dot: less than half of the time.</source>
        <translation>Personen im Bild im Mittel zu jeder Stunde der Woche. Schraffiert: nichts gemessen; ein Punkt: weniger als die Hälfte der Zeit.</translation>
    </message>
    <message>
        <source>People in view, on average</source>
        <translation>Personen im Bild, im Mittel</translation>
    </message>
    <message>
        <source>People in view: {mean:.1f} on average, at most {peak} (known for {percent} of the time).</source>
        <translation>Personen im Bild: im Mittel {mean:.1f}, höchstens {peak} (bekannt für {percent} der Zeit).</translation>
    </message>
    <message>
        <source>People in zones</source>
        <translation>Personen in Zonen</translation>
    </message>
    <message>
        <source>People passing in and out over time</source>
        <translation>Personen, die hinein- und hinausgehen, im Zeitverlauf</translation>
    </message>
    <message>
        <source>People were not counted in it.</source>
        <translation>Personen wurden darin nicht gezählt.</translation>
    </message>
    <message>
        <source>People-hours</source>
        <translation>Personenstunden</translation>
    </message>
    <message>
        <source>People-minutes</source>
        <translation>Personenminuten</translation>
    </message>
    <message>
        <source>Permission that was missing</source>
        <translation>Fehlende Berechtigung</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Telefon</translation>
    </message>
    <message>
        <source>Pi&amp;ctures per second</source>
        <translation>Bi&amp;lder pro Sekunde</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Picture before</source>
        <translation>Voriges Bild</translation>
    </message>
    <message>
        <source>Picture before (comma)</source>
        <translation>Voriges Bild (Komma)</translation>
    </message>
    <message>
        <source>Picture frozen</source>
        <translation>Bild eingefroren</translation>
    </message>
    <message>
        <source>Picture of the camera</source>
        <translation>Bild der Kamera</translation>
    </message>
    <message>
        <source>Picture of the camera before</source>
        <translation>Bild der vorigen Kamera</translation>
    </message>
    <message>
        <source>Picture of the moment</source>
        <translation>Bild des Zeitpunkts</translation>
    </message>
    <message>
        <source>Picture of the moment, kept with an alert</source>
        <translation>Bild des Zeitpunkts, mit einem Alarm aufbewahrt</translation>
    </message>
    <message>
        <source>Picture of the next camera</source>
        <translation>Bild der nächsten Kamera</translation>
    </message>
    <message>
        <source>Picture of the recording</source>
        <translation>Bild der Aufnahme</translation>
    </message>
    <message>
        <source>Picture of {camera_name}</source>
        <translation>Bild von {camera_name}</translation>
    </message>
    <message>
        <source>Picture of {time}, {age} before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of {time}, {age} before, {count} in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture the model was tried on</source>
        <translation>Bild, an dem das Modell getestet wurde</translation>
    </message>
    <message>
        <source>Picture {number}</source>
        <translation>Bild {number}</translation>
    </message>
    <message>
        <source>Picture {value}</source>
        <translation>Bild {value}</translation>
    </message>
    <message>
        <source>Picture {value}  You: {people}, the program: {raw}</source>
        <translation>Bild {value}  Sie: {people}, das Programm: {raw}</translation>
    </message>
    <message>
        <source>Picture {value} of {count}, {left} left to count</source>
        <translation>Bild {value} von {count}, noch {left} zu zählen</translation>
    </message>
    <message>
        <source>Picture: {width} × {height} pixels, {size}</source>
        <translation>Bild: {width} × {height} Pixel, {size}</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png)</source>
        <translation>Bilder (*.jpg *.jpeg *.png)</translation>
    </message>
    <message>
        <source>Pictures are shown and kept as the camera sends them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures are taken only from whoever shows this very certificate, once the camera is saved.</source>
        <translation>Sobald die Kamera gespeichert ist, werden Bilder nur von dem Gerät angenommen, das genau dieses Zertifikat vorzeigt.</translation>
    </message>
    <message>
        <source>Pictures are taken only from whoever shows this very certificate.</source>
        <translation>Bilder werden nur von dem Gerät angenommen, das genau dieses Zertifikat vorzeigt.</translation>
    </message>
    <message>
        <source>Pictures come too seldom to count who passes the camera&apos;s lines.</source>
        <translation>Bilder kommen zu selten, um zu zählen, wer die Linien der Kamera passiert.</translation>
    </message>
    <message>
        <source>Pictures for the time machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of alerts</source>
        <translation>Alarmbilder</translation>
    </message>
    <message>
        <source>Pictures of alerts are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of alerts are not meant: they have a time of their own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of the time machine are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of {count} recordings are kept: {size_of_all}.</source>
        <translation>Bilder von {count} Aufnahmen sind aufbewahrt: {size_of_all}.</translation>
    </message>
    <message>
        <source>Pictures that were kept or exported before stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures to be counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures to be shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Places of the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Places the camera knows</source>
        <translation>Positionen, die die Kamera kennt</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>Plans</source>
        <translation>Pläne</translation>
    </message>
    <message>
        <source>Plans can name groups, so that people change without changing the plans.</source>
        <translation>Pläne können Gruppen nennen, sodass Personen wechseln können, ohne dass sich die Pläne ändern.</translation>
    </message>
    <message>
        <source>Plans name groups, so that people change without changing the plans.</source>
        <translation>Pläne nennen Gruppen, sodass Personen wechseln können, ohne dass sich die Pläne ändern.</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play an event through the whole chain, and watch each step</source>
        <translation>Ein Ereignis durch die ganze Kette laufen lassen und jeden Schritt beobachten</translation>
    </message>
    <message>
        <source>Play {speed} times as fast as it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play, pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please ask an administrator to add cameras. They appear here by themselves.</source>
        <translation>Bitten Sie einen Verwalter, Kameras hinzuzufügen. Sie erscheinen hier von selbst.</translation>
    </message>
    <message>
        <source>Please correct it and try again.</source>
        <translation>Bitte korrigieren Sie ihn, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Please correct them and try again.</source>
        <translation>Bitte korrigieren Sie sie, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Please keep the codes first</source>
        <translation>Bitte bewahren Sie zuerst die Codes auf</translation>
    </message>
    <message>
        <source>Please sign in again.</source>
        <translation>Bitte melden Sie sich erneut an.</translation>
    </message>
    <message>
        <source>Please wait</source>
        <translation>Bitte warten</translation>
    </message>
    <message>
        <source>Plug it in, or choose another device in its settings.</source>
        <translation>Stecken Sie sie ein, oder wählen Sie in ihren Einstellungen ein anderes Gerät.</translation>
    </message>
    <message>
        <source>Plugged into this computer; no network is needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plugged into this computer; no network needed.</source>
        <translation>An diesen Computer angeschlossen; kein Netz nötig.</translation>
    </message>
    <message>
        <source>Po&amp;rt</source>
        <translation>Po&amp;rt</translation>
    </message>
    <message>
        <source>Point at a spot to read its value, or go there with the arrow keys.</source>
        <translation>Zeigen Sie auf eine Stelle, um ihren Wert abzulesen, oder gehen Sie mit den Pfeiltasten dorthin.</translation>
    </message>
    <message>
        <source>Point at an hour to read it, or move with the arrow keys.</source>
        <translation>Zeigen Sie auf eine Stunde, um sie abzulesen, oder bewegen Sie sich mit den Pfeiltasten.</translation>
    </message>
    <message>
        <source>Poor counts: fallback model {model}</source>
        <translation>Ungenaue Zählung: Ersatzmodell {model}</translation>
    </message>
    <message>
        <source>Popup</source>
        <translation>Hinweisfenster</translation>
    </message>
    <message>
        <source>Port of ONVIF</source>
        <translation>Port von ONVIF</translation>
    </message>
    <message>
        <source>Port of the database server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Posts a test message with the settings as they are entered here. It says that it is one.</source>
        <translation>Sendet eine Testnachricht mit den hier eingetragenen Einstellungen. In ihr steht, dass sie ein Test ist.</translation>
    </message>
    <message>
        <source>Prepare a simulated camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Present p&amp;assphrase</source>
        <translation>&amp;Jetzige Passphrase</translation>
    </message>
    <message>
        <source>Press a key the moment somebody passes the line.</source>
        <translation>Drücken Sie eine Taste in dem Moment, in dem jemand die Linie überquert.</translation>
    </message>
    <message>
        <source>Preview of the report</source>
        <translation>Vorschau des Berichts</translation>
    </message>
    <message>
        <source>Preview of the sheet</source>
        <translation>Vorschau des Blatts</translation>
    </message>
    <message>
        <source>Previous page</source>
        <translation>Vorige Seite</translation>
    </message>
    <message>
        <source>Previous page of cameras</source>
        <translation>Vorige Seite mit Kameras</translation>
    </message>
    <message>
        <source>Print the chart</source>
        <translation>Diagramm drucken</translation>
    </message>
    <message>
        <source>Print… (Ctrl+P)</source>
        <translation>Drucken… (Strg+P)</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Privacy lifted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Privacy of new cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Privacy of {camera}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Privacy of {count} cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Privacy…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proof that alerts arrive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protection of the connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Protocol of ONVIF</source>
        <translation>Protokoll von ONVIF</translation>
    </message>
    <message>
        <source>Prove all channels</source>
        <translation>Alle Kanäle prüfen</translation>
    </message>
    <message>
        <source>Prove that all channels work</source>
        <translation>Nachweisen, dass alle Kanäle funktionieren</translation>
    </message>
    <message>
        <source>Prove them &amp;now</source>
        <translation>&amp;Jetzt prüfen</translation>
    </message>
    <message>
        <source>Proven {at}</source>
        <translation>Geprüft {at}</translation>
    </message>
    <message>
        <source>Put a copy in the place of a damaged history</source>
        <translation>Beschädigten Verlauf durch eine Kopie ersetzen</translation>
    </message>
    <message>
        <source>Put alerts aside</source>
        <translation>Alarme zurückstellen</translation>
    </message>
    <message>
        <source>Put aside</source>
        <translation>Zurückgestellt</translation>
    </message>
    <message>
        <source>Put aside for some time, with a reason</source>
        <translation>Für einige Zeit beiseitelegen, mit einem Grund</translation>
    </message>
    <message>
        <source>Put back as it was: {title}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put before the paths.</source>
        <translation>Wird den Pfaden vorangestellt.</translation>
    </message>
    <message>
        <source>Put it right in the file, or here where the setting is listed.
{named}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put it right, or choose another file. The model in use counts on as before.</source>
        <translation>Bringen Sie es in Ordnung, oder wählen Sie eine andere Datei. Das verwendete Modell zählt weiter wie bisher.</translation>
    </message>
    <message>
        <source>Put it right, or choose another one. {not_counted}</source>
        <translation>Bringen Sie es in Ordnung, oder wählen Sie ein anderes. {not_counted}</translation>
    </message>
    <message>
        <source>Put its file back, or choose another one. {not_counted}</source>
        <translation>Legen Sie seine Datei zurück, oder wählen Sie ein anderes. {not_counted}</translation>
    </message>
    <message>
        <source>Put one in the middle; close it</source>
        <translation>Eines in die Mitte setzen; es schließen</translation>
    </message>
    <message>
        <source>Put the same file back; to go on with another one, restart CamWatch.</source>
        <translation>Legen Sie dieselbe Datei zurück; um mit einer anderen weiterzuarbeiten, starten Sie CamWatch neu.</translation>
    </message>
    <message>
        <source>Put the {name} of the alert in here</source>
        <translation>Das Feld {name} des Alarms hier einsetzen</translation>
    </message>
    <message>
        <source>QR code for your device&apos;s camera</source>
        <translation>QR-Code für die Kamera Ihres Geräts</translation>
    </message>
    <message>
        <source>Questions of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queues</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit CamWatch</source>
        <translation>CamWatch beenden</translation>
    </message>
    <message>
        <source>R&amp;oles</source>
        <translation>R&amp;ollen</translation>
    </message>
    <message>
        <source>RTSP 401, and no user name is set</source>
        <translation>RTSP 401, und kein Benutzername ist eingetragen</translation>
    </message>
    <message>
        <source>RTSP stream</source>
        <translation>RTSP-Stream</translation>
    </message>
    <message>
        <source>RTSP streams come over {upper}</source>
        <translation>RTSP-Streams kommen über {upper}</translation>
    </message>
    <message>
        <source>Raised</source>
        <translation>Ausgelöst</translation>
    </message>
    <message>
        <source>Raised in the shift</source>
        <translation>In der Schicht ausgelöst</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Bildrate</translation>
    </message>
    <message>
        <source>Re&amp;move…</source>
        <translation>&amp;Entfernen…</translation>
    </message>
    <message>
        <source>Read a wall from a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu einlesen</translation>
    </message>
    <message>
        <source>Read again (F5)</source>
        <translation>Neu lesen (F5)</translation>
    </message>
    <message>
        <source>Read more: {chapter}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the alerts again</source>
        <translation>Die Alarme neu einlesen</translation>
    </message>
    <message>
        <source>Read the audit log</source>
        <translation>Protokoll lesen</translation>
    </message>
    <message>
        <source>Read the details</source>
        <translation>Die Einzelheiten lesen</translation>
    </message>
    <message>
        <source>Read the numbers again</source>
        <translation>Die Zahlen neu einlesen</translation>
    </message>
    <message>
        <source>Read the picture again</source>
        <translation>Das Bild noch einmal lesen</translation>
    </message>
    <message>
        <source>Reading row by row…</source>
        <translation>Datensatz für Datensatz wird gelesen…</translation>
    </message>
    <message>
        <source>Reading the alerts…</source>
        <translation>Alarme werden gelesen…</translation>
    </message>
    <message>
        <source>Reading the list of cameras…</source>
        <translation>Die Liste der Kameras wird gelesen…</translation>
    </message>
    <message>
        <source>Reading the picture…</source>
        <translation>Bild wird gelesen…</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>Wird gelesen…</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Really</source>
        <translation>Wirklich</translation>
    </message>
    <message>
        <source>Really there</source>
        <translation>Wirklich da</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Reason: {reason}.</source>
        <translation>Grund: {reason}.</translation>
    </message>
    <message>
        <source>Recipient</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>Recipients</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>Recipients are the people whom e-mails and text messages go to.</source>
        <translation>Empfänger sind die Personen, an die E-Mails und SMS gehen.</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>Aufgenommen</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Recordings that nobody counted for 7 days were deleted, with their pictures</source>
        <translation>Aufnahmen, die 7 Tage lang niemand ausgezählt hat, wurden samt ihren Bildern gelöscht</translation>
    </message>
    <message>
        <source>Recovery codes for CamWatch. Each works once.</source>
        <translation>Wiederherstellungscodes für CamWatch. Jeder gilt einmal.</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Redo (Ctrl+Shift+Z)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refuse what the login service sent</source>
        <translation>Ablehnen, was der Anmeldedienst gesendet hat</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Refuses this sign-in</source>
        <translation>Lehnt diese Anmeldung ab</translation>
    </message>
    <message>
        <source>Rehearsal</source>
        <translation>Probelauf</translation>
    </message>
    <message>
        <source>Rehearse a rule</source>
        <translation>Probelauf einer Regel</translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation>Ent&amp;fernen…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove &amp;role</source>
        <translation>&amp;Rolle entfernen</translation>
    </message>
    <message>
        <source>Remove a camera</source>
        <translation>Kamera entfernen</translation>
    </message>
    <message>
        <source>Remove a channel</source>
        <translation>Kanal entfernen</translation>
    </message>
    <message>
        <source>Remove a group</source>
        <translation>Gruppe entfernen</translation>
    </message>
    <message>
        <source>Remove a group of recipients</source>
        <translation>Empfängergruppe entfernen</translation>
    </message>
    <message>
        <source>Remove a plan</source>
        <translation>Plan entfernen</translation>
    </message>
    <message>
        <source>Remove a recipient</source>
        <translation>Empfänger entfernen</translation>
    </message>
    <message>
        <source>Remove a report</source>
        <translation>Bericht entfernen</translation>
    </message>
    <message>
        <source>Remove a report that is sent by itself</source>
        <translation>Automatisch gesendeten Bericht entfernen</translation>
    </message>
    <message>
        <source>Remove a role</source>
        <translation>Rolle entfernen</translation>
    </message>
    <message>
        <source>Remove a rule</source>
        <translation>Regel entfernen</translation>
    </message>
    <message>
        <source>Remove a user</source>
        <translation>Benutzer entfernen</translation>
    </message>
    <message>
        <source>Remove a user&apos;s second factor</source>
        <translation>Zweiten Faktor eines Benutzers entfernen</translation>
    </message>
    <message>
        <source>Remove an escalation plan</source>
        <translation>Eskalationsplan entfernen</translation>
    </message>
    <message>
        <source>Remove camera</source>
        <translation>Kamera entfernen</translation>
    </message>
    <message>
        <source>Remove cameras</source>
        <translation>Kameras entfernen</translation>
    </message>
    <message>
        <source>Remove channel</source>
        <translation>Kanal entfernen</translation>
    </message>
    <message>
        <source>Remove corner</source>
        <translation>Ecke entfernen</translation>
    </message>
    <message>
        <source>Remove gate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove group</source>
        <translation>Gruppe entfernen</translation>
    </message>
    <message>
        <source>Remove hidden area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation>Es entfernen</translation>
    </message>
    <message>
        <source>Remove line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove plan</source>
        <translation>Plan entfernen</translation>
    </message>
    <message>
        <source>Remove recipient</source>
        <translation>Empfänger entfernen</translation>
    </message>
    <message>
        <source>Remove report</source>
        <translation>Bericht entfernen</translation>
    </message>
    <message>
        <source>Remove role</source>
        <translation>Rolle entfernen</translation>
    </message>
    <message>
        <source>Remove the camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the channel and its password (Del)</source>
        <translation>Den Kanal und sein Passwort entfernen (Entf)</translation>
    </message>
    <message>
        <source>Remove the group “{name}”?</source>
        <translation>Die Gruppe „{name}“ entfernen?</translation>
    </message>
    <message>
        <source>Remove the group; its members stay (Del)</source>
        <translation>Die Gruppe entfernen; ihre Mitglieder bleiben (Entf)</translation>
    </message>
    <message>
        <source>Remove the last corner</source>
        <translation>Die letzte Ecke entfernen</translation>
    </message>
    <message>
        <source>Remove the login service</source>
        <translation>Anmeldedienst entfernen</translation>
    </message>
    <message>
        <source>Remove the own second factor</source>
        <translation>Eigenen zweiten Faktor entfernen</translation>
    </message>
    <message>
        <source>Remove the plan (Del)</source>
        <translation>Den Plan entfernen (Entf)</translation>
    </message>
    <message>
        <source>Remove the plan “{name}”?</source>
        <translation>Den Plan „{name}“ entfernen?</translation>
    </message>
    <message>
        <source>Remove the recipient, also from groups (Del)</source>
        <translation>Den Empfänger entfernen, auch aus Gruppen (Entf)</translation>
    </message>
    <message>
        <source>Remove the role; its users get another one (Del)</source>
        <translation>Die Rolle entfernen; ihre Benutzer erhalten eine andere (Entf)</translation>
    </message>
    <message>
        <source>Remove the rule “{name}”?</source>
        <translation>Regel „{name}“ entfernen?</translation>
    </message>
    <message>
        <source>Remove the rule; its alerts stay (Del)</source>
        <translation>Die Regel entfernen; ihre Alarme bleiben (Entf)</translation>
    </message>
    <message>
        <source>Remove the rule…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the service</source>
        <translation>Dienst entfernen</translation>
    </message>
    <message>
        <source>Remove the user from the list (Del)</source>
        <translation>Den Benutzer aus der Liste entfernen (Entf)</translation>
    </message>
    <message>
        <source>Remove this date</source>
        <translation>Dieses Datum entfernen</translation>
    </message>
    <message>
        <source>Remove this line</source>
        <translation>Diese Zeile entfernen</translation>
    </message>
    <message>
        <source>Remove this step</source>
        <translation>Diesen Schritt entfernen</translation>
    </message>
    <message>
        <source>Remove user</source>
        <translation>Benutzer entfernen</translation>
    </message>
    <message>
        <source>Remove zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {cameras_words}</source>
        <translation>{cameras_words} entfernen</translation>
    </message>
    <message>
        <source>Remove {cameras_words}?</source>
        <translation>{cameras_words} entfernen?</translation>
    </message>
    <message>
        <source>Remove “{name}”?</source>
        <translation>„{name}“ entfernen?</translation>
    </message>
    <message>
        <source>Remove{who}</source>
        <translation>Entfernen{who}</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>Report of {title}</source>
        <translation>Bericht: {title}</translation>
    </message>
    <message>
        <source>Report sent by itself</source>
        <translation>Automatisch gesendeter Bericht</translation>
    </message>
    <message>
        <source>Reports go by e-mail, and no e-mail channel is set up yet. Add one on the page Alerts, under Delivery.</source>
        <translation>Berichte werden per E-Mail gesendet, und noch ist kein E-Mail-Kanal eingerichtet. Fügen Sie einen auf der Seite „Alarme“ unter „Zustellung“ hinzu.</translation>
    </message>
    <message>
        <source>Reports sent by themselves</source>
        <translation>Automatisch gesendete Berichte</translation>
    </message>
    <message>
        <source>Reset &amp;password…</source>
        <translation>&amp;Passwort zurücksetzen…</translation>
    </message>
    <message>
        <source>Reset a user&apos;s password</source>
        <translation>Passwort eines Benutzers zurücksetzen</translation>
    </message>
    <message>
        <source>Reset password</source>
        <translation>Passwort zurücksetzen</translation>
    </message>
    <message>
        <source>Reset the password of “{name}”?</source>
        <translation>Das Passwort von „{name}“ zurücksetzen?</translation>
    </message>
    <message>
        <source>Restart CamWatch: it offers to put a sound copy in place of the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart CamWatch; if it happens again, save the diagnostics for support.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart the camera.</source>
        <translation>Starten Sie die Kamera neu.</translation>
    </message>
    <message>
        <source>Resting</source>
        <translation>Zeitweise gesperrt</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Restore</translation>
    </message>
    <message>
        <source>Restore a copy</source>
        <translation>Kopie wiederherstellen</translation>
    </message>
    <message>
        <source>Restore the copy of {moment}</source>
        <translation>Kopie vom {moment} wiederherstellen</translation>
    </message>
    <message>
        <source>Rests until {moment}</source>
        <translation>Gesperrt bis {moment}</translation>
    </message>
    <message>
        <source>Retry in {whole_span}</source>
        <translation>Neuer Versuch in {whole_span}</translation>
    </message>
    <message>
        <source>Retry-After</source>
        <translation>Retry-After</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>Return</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Richtig</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Role here</source>
        <translation>Rolle hier</translation>
    </message>
    <message>
        <source>Role of a user</source>
        <translation>Rolle eines Benutzers</translation>
    </message>
    <message>
        <source>Role that is gone</source>
        <translation>Rolle, die es nicht mehr gibt</translation>
    </message>
    <message>
        <source>Roles</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>Roles of the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roles there → roles here</source>
        <translation>Rollen dort → Rollen hier</translation>
    </message>
    <message>
        <source>Room for pictures of the time machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Room held back on the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {row}, column {column}: empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Row {row}, column {column}: {name}, {wide} by {high}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows that wait in a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows that wait in memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows that wait in memory at most while the database is away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows that wait longer go to a file beside the history, which becomes so large at most, MiB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows written</source>
        <translation>Geschriebene Zeilen</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>Rules and delivery of alerts…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rules of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Run by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs in</source>
        <translation>Läuft in</translation>
    </message>
    <message>
        <source>Runs in: {runtime_words}</source>
        <translation>Läuft in: {runtime_words}</translation>
    </message>
    <message>
        <source>S&amp;ite</source>
        <translation>St&amp;andort</translation>
    </message>
    <message>
        <source>S&amp;teady the shown number over</source>
        <translation>Gezeigte Zahl &amp;beruhigen über</translation>
    </message>
    <message>
        <source>S&amp;wap in and out</source>
        <translation>Hinein und hinaus &amp;tauschen</translation>
    </message>
    <message>
        <source>S&amp;witch off</source>
        <translation>&amp;Ausschalten</translation>
    </message>
    <message>
        <source>S&amp;witch on</source>
        <translation>&amp;Einschalten</translation>
    </message>
    <message>
        <source>SHA-256 fingerprint</source>
        <translation>SHA-256-Fingerabdruck</translation>
    </message>
    <message>
        <source>SHA-256 fingerprint {grouped}</source>
        <translation>SHA-256-Fingerabdruck {grouped}</translation>
    </message>
    <message>
        <source>SMTP_PASSWORD is not set.</source>
        <translation>SMTP_PASSWORD ist nicht gesetzt.</translation>
    </message>
    <message>
        <source>SQLite {version} has a fault that was put right in {sound}: a file that two connections write to at the same moment can be damaged. CamWatch writes with one only, so it is not affected. Do not write to the file with other programs while CamWatch runs.</source>
        <translation>SQLite {version} hat einen Fehler, der in {sound} behoben wurde: Eine Datei, in die zwei Verbindungen im selben Augenblick schreiben, kann beschädigt werden. CamWatch schreibt nur mit einer und ist daher nicht betroffen. Schreiben Sie nicht mit anderen Programmen in die Datei, während CamWatch läuft.</translation>
    </message>
    <message>
        <source>SSD, Caffe</source>
        <translation>SSD, Caffe</translation>
    </message>
    <message>
        <source>SSD, TensorFlow</source>
        <translation>SSD, TensorFlow</translation>
    </message>
    <message>
        <source>STARTTLS, always</source>
        <translation>STARTTLS, immer</translation>
    </message>
    <message>
        <source>Sample: nobody here is real. The cameras are simulated and the history before now is made up. Close this window to remove all of it; add your own cameras in the other window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sat</source>
        <translation>Sa</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>Samstag</translation>
    </message>
    <message>
        <source>Sat|Saturday</source>
        <translation>Sa|Samstag</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Save (Ctrl+S)</source>
        <translation>Speichern (Strg+S)</translation>
    </message>
    <message>
        <source>Save a channel</source>
        <translation>Kanal speichern</translation>
    </message>
    <message>
        <source>Save a group of recipients</source>
        <translation>Empfängergruppe speichern</translation>
    </message>
    <message>
        <source>Save a picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>Save a recipient</source>
        <translation>Empfänger speichern</translation>
    </message>
    <message>
        <source>Save a report that is sent by itself</source>
        <translation>Automatisch gesendeten Bericht speichern</translation>
    </message>
    <message>
        <source>Save a rule</source>
        <translation>Regel speichern</translation>
    </message>
    <message>
        <source>Save a wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save an escalation plan</source>
        <translation>Eskalationsplan speichern</translation>
    </message>
    <message>
        <source>Save as PDF…</source>
        <translation>Als PDF speichern…</translation>
    </message>
    <message>
        <source>Save as a picture… (Ctrl+S)</source>
        <translation>Als Bild speichern… (Strg+S)</translation>
    </message>
    <message>
        <source>Save diagnostics for support</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the chart as a picture</source>
        <translation>Diagramm als Bild speichern</translation>
    </message>
    <message>
        <source>Save the diagnostics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the entries that are shown, and the older ones, as CSV</source>
        <translation>Die gezeigten Einträge und die älteren als CSV speichern</translation>
    </message>
    <message>
        <source>Save the hand-over</source>
        <translation>Übergabeprotokoll speichern</translation>
    </message>
    <message>
        <source>Save the one-time codes: whoever reads the file can sign in</source>
        <translation>Einmalcodes speichern: Wer die Datei liest, kann sich anmelden</translation>
    </message>
    <message>
        <source>Save the recovery codes</source>
        <translation>Wiederherstellungscodes speichern</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Bericht speichern</translation>
    </message>
    <message>
        <source>Save the signed report</source>
        <translation>Signierten Bericht speichern</translation>
    </message>
    <message>
        <source>Save the signed report as &amp;PDF…</source>
        <translation>Signierten Bericht als &amp;PDF speichern…</translation>
    </message>
    <message>
        <source>Save the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save this picture</source>
        <translation>Dieses Bild speichern</translation>
    </message>
    <message>
        <source>Save two walls first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save what can be read of a damaged history</source>
        <translation>Lesbares aus einem beschädigten Verlauf retten</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>Gespeichert als {name}</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>Gespeichert als {name}.</translation>
    </message>
    <message>
        <source>Saving is delayed</source>
        <translation>Das Speichern verzögert sich</translation>
    </message>
    <message>
        <source>Say first where the test is to go.</source>
        <translation>Geben Sie zuerst an, wohin der Test gehen soll.</translation>
    </message>
    <message>
        <source>Say that you know. One that is over is closed with it.</source>
        <translation>Bestätigen, dass Sie Bescheid wissen. Ein Alarm, der vorbei ist, wird damit geschlossen.</translation>
    </message>
    <message>
        <source>Say that you take care of it; again, that you do not</source>
        <translation>Angeben, dass Sie sich darum kümmern; noch einmal: dass Sie es nicht tun</translation>
    </message>
    <message>
        <source>Say who takes care of alerts</source>
        <translation>Angeben, wer sich um Alarme kümmert</translation>
    </message>
    <message>
        <source>Say who takes care of it</source>
        <translation>Angeben, wer sich darum kümmert</translation>
    </message>
    <message>
        <source>Say “I am alive” every</source>
        <translation>Lebenszeichen senden alle</translation>
    </message>
    <message>
        <source>Says for each camera how far its numbers are from what a person counts. You find out by an audit: a stretch is recorded, you count it, and both are compared.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Zeitplan</translation>
    </message>
    <message>
        <source>Se&amp;arch the network…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Se&amp;cret</source>
        <translation>&amp;Geheimnis</translation>
    </message>
    <message>
        <source>Seal the entries of an older CamWatch</source>
        <translation>Einträge einer älteren CamWatch-Version versiegeln</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search all chapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search every picture</source>
        <translation>Jedes Bild durchsuchen</translation>
    </message>
    <message>
        <source>Search for cameras</source>
        <translation>Kameras suchen</translation>
    </message>
    <message>
        <source>Search for cameras that moved</source>
        <translation>Umgezogene Kameras suchen</translation>
    </message>
    <message>
        <source>Search for the camera&apos;s new address under Cameras. If it was replaced, edit it and say so.</source>
        <translation>Suchen Sie unter „Kameras“ nach der neuen Adresse der Kamera. Wurde sie ersetzt, bearbeiten Sie sie und geben Sie das an.</translation>
    </message>
    <message>
        <source>Search names, actions, details</source>
        <translation>Namen, Aktionen, Einzelheiten suchen</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search text, address or answer</source>
        <translation>Text, Adresse oder Antwort suchen</translation>
    </message>
    <message>
        <source>Search the alerts</source>
        <translation>Alarme durchsuchen</translation>
    </message>
    <message>
        <source>Search the audit log</source>
        <translation>Protokoll durchsuchen</translation>
    </message>
    <message>
        <source>Search the cameras</source>
        <translation>Kameras durchsuchen</translation>
    </message>
    <message>
        <source>Search the keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the outbox</source>
        <translation>Postausgang durchsuchen</translation>
    </message>
    <message>
        <source>Search the users</source>
        <translation>Benutzer durchsuchen</translation>
    </message>
    <message>
        <source>Search title, rule, camera</source>
        <translation>Titel, Regel, Kamera suchen</translation>
    </message>
    <message>
        <source>Search: what it does, or the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searching pictures for people hung several times within a minute.</source>
        <translation>Die Suche nach Personen in Bildern blieb innerhalb einer Minute mehrmals hängen.</translation>
    </message>
    <message>
        <source>Second factor</source>
        <translation>Zweiter Faktor</translation>
    </message>
    <message>
        <source>Seconds between &amp;pictures</source>
        <translation>Sekunden zwischen &amp;Bildern</translation>
    </message>
    <message>
        <source>Securit&amp;y…</source>
        <translation>Sicherhei&amp;t…</translation>
    </message>
    <message>
        <source>Security</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>See a single measurement</source>
        <translation>Einzelne Messung ansehen</translation>
    </message>
    <message>
        <source>See an alert</source>
        <translation>Alarm ansehen</translation>
    </message>
    <message>
        <source>See and change the rule (Enter)</source>
        <translation>Die Regel ansehen und ändern (Eingabe)</translation>
    </message>
    <message>
        <source>See and change what the role may do (Enter)</source>
        <translation>Ansehen und ändern, was die Rolle darf (Eingabe)</translation>
    </message>
    <message>
        <source>See how CamWatch is doing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how long people stayed</source>
        <translation>Ansehen, wie lange Personen blieben</translation>
    </message>
    <message>
        <source>See how many pictures are stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how right the counts are</source>
        <translation>Ansehen, wie richtig die Zählwerte sind</translation>
    </message>
    <message>
        <source>See how the history is kept</source>
        <translation>Ansehen, wie der Verlauf aufbewahrt wird</translation>
    </message>
    <message>
        <source>See how the last run ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how the wall was at a moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See lines and zones</source>
        <translation>Linien und Zonen ansehen</translation>
    </message>
    <message>
        <source>See people in a zone over time</source>
        <translation>Personen in einer Zone im Zeitverlauf ansehen</translation>
    </message>
    <message>
        <source>See stored pictures of a moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See that the server runs and can be reached from this computer.</source>
        <translation>Sorgen Sie dafür, dass der Server läuft und von diesem Computer aus erreichbar ist.</translation>
    </message>
    <message>
        <source>See that the server runs, listens on this address and port, and that no firewall is in between.</source>
        <translation>Sorgen Sie dafür, dass der Server läuft und an dieser Adresse und diesem Port lauscht und dass keine Firewall dazwischen ist.</translation>
    </message>
    <message>
        <source>See the &amp;recording…</source>
        <translation>&amp;Aufnahme ansehen…</translation>
    </message>
    <message>
        <source>See the alerts</source>
        <translation>Alarme ansehen</translation>
    </message>
    <message>
        <source>See the audits of the accuracy</source>
        <translation>Prüfungen der Genauigkeit ansehen</translation>
    </message>
    <message>
        <source>See the cameras</source>
        <translation>Kameras ansehen</translation>
    </message>
    <message>
        <source>See the channels of alerts</source>
        <translation>Kanäle der Alarme ansehen</translation>
    </message>
    <message>
        <source>See the chosen model</source>
        <translation>Gewähltes Modell ansehen</translation>
    </message>
    <message>
        <source>See the counts</source>
        <translation>Zählwerte ansehen</translation>
    </message>
    <message>
        <source>See the counts over time</source>
        <translation>Zählwerte im Zeitverlauf ansehen</translation>
    </message>
    <message>
        <source>See the escalation plans</source>
        <translation>Eskalationspläne ansehen</translation>
    </message>
    <message>
        <source>See the groups of recipients</source>
        <translation>Empfängergruppen ansehen</translation>
    </message>
    <message>
        <source>See the hours of the week</source>
        <translation>Stunden der Woche ansehen</translation>
    </message>
    <message>
        <source>See the key of reports</source>
        <translation>Schlüssel der Berichte ansehen</translation>
    </message>
    <message>
        <source>See the login service</source>
        <translation>Anmeldedienst ansehen</translation>
    </message>
    <message>
        <source>See the messages about alerts</source>
        <translation>Nachrichten zu Alarmen ansehen</translation>
    </message>
    <message>
        <source>See the models</source>
        <translation>Modelle ansehen</translation>
    </message>
    <message>
        <source>See the open sessions</source>
        <translation>Offene Sitzungen ansehen</translation>
    </message>
    <message>
        <source>See the own account</source>
        <translation>Eigenes Konto ansehen</translation>
    </message>
    <message>
        <source>See the pictures of an alert</source>
        <translation>Bilder eines Alarms ansehen</translation>
    </message>
    <message>
        <source>See the recordings for audits</source>
        <translation>Aufnahmen für Prüfungen ansehen</translation>
    </message>
    <message>
        <source>See the reports that are sent by themselves</source>
        <translation>Automatisch gesendete Berichte ansehen</translation>
    </message>
    <message>
        <source>See the roles</source>
        <translation>Rollen ansehen</translation>
    </message>
    <message>
        <source>See the rules of alerts</source>
        <translation>Regeln der Alarme ansehen</translation>
    </message>
    <message>
        <source>See the saved walls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the security settings</source>
        <translation>Sicherheitseinstellungen ansehen</translation>
    </message>
    <message>
        <source>See the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the sites</source>
        <translation>Standorte ansehen</translation>
    </message>
    <message>
        <source>See the users</source>
        <translation>Benutzer ansehen</translation>
    </message>
    <message>
        <source>See the wa&amp;ll then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the wall at the last such hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the wall then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the workstations</source>
        <translation>Arbeitsplätze ansehen</translation>
    </message>
    <message>
        <source>See what a rule would say</source>
        <translation>Ansehen, was eine Regel melden würde</translation>
    </message>
    <message>
        <source>See what a shorter time would delete</source>
        <translation>Ansehen, was eine kürzere Zeit löschen würde</translation>
    </message>
    <message>
        <source>See what a workspace file would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what an audit would say</source>
        <translation>Ansehen, was eine Prüfung ergäbe</translation>
    </message>
    <message>
        <source>See what an export would write</source>
        <translation>Ansehen, was ein Export schreiben würde</translation>
    </message>
    <message>
        <source>See what came of a drill</source>
        <translation>Ansehen, was ein Probealarm ergab</translation>
    </message>
    <message>
        <source>See what happened to a camera</source>
        <translation>Ansehen, was mit einer Kamera war</translation>
    </message>
    <message>
        <source>See what is counted in a view</source>
        <translation>Ansehen, was in einer Ansicht gezählt wird</translation>
    </message>
    <message>
        <source>See what is counted in the views</source>
        <translation>Ansehen, was in den Ansichten gezählt wird</translation>
    </message>
    <message>
        <source>See what is usual</source>
        <translation>Ansehen, was üblich ist</translation>
    </message>
    <message>
        <source>See what may be seen of people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what was corrected</source>
        <translation>Korrekturen ansehen</translation>
    </message>
    <message>
        <source>See where passwords are kept</source>
        <translation>Ansehen, wo Passwörter aufbewahrt werden</translation>
    </message>
    <message>
        <source>See where people were</source>
        <translation>Ansehen, wo Personen waren</translation>
    </message>
    <message>
        <source>See whether a camera can be moved</source>
        <translation>Ansehen, ob sich eine Kamera bewegen lässt</translation>
    </message>
    <message>
        <source>See whether alerts arrive</source>
        <translation>Ansehen, ob Alarme ankommen</translation>
    </message>
    <message>
        <source>See which import can be taken back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See which pictures another keeping would delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See which pictures are kept for the time machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See which roles the login service gives</source>
        <translation>Ansehen, welche Rollen der Anmeldedienst vergibt</translation>
    </message>
    <message>
        <source>See which workstation counts a site</source>
        <translation>Ansehen, welcher Arbeitsplatz einen Standort zählt</translation>
    </message>
    <message>
        <source>See who is told of alerts</source>
        <translation>Ansehen, wer bei Alarmen benachrichtigt wird</translation>
    </message>
    <message>
        <source>See who passed</source>
        <translation>Durchgänge ansehen</translation>
    </message>
    <message>
        <source>See who passed over time</source>
        <translation>Durchgänge im Zeitverlauf ansehen</translation>
    </message>
    <message>
        <source>See why a rule fired or not</source>
        <translation>Ansehen, warum eine Regel ausgelöst hat oder nicht</translation>
    </message>
    <message>
        <source>See why the rule fired, or did not, at a moment</source>
        <translation>Sehen, warum die Regel zu einem Zeitpunkt ausgelöst hat oder nicht</translation>
    </message>
    <message>
        <source>Sees cameras of</source>
        <translation>Sieht Kameras von</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>Auswählen</translation>
    </message>
    <message>
        <source>Select a channel in the list first.</source>
        <translation>Wählen Sie zuerst einen Kanal in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a group in the list first.</source>
        <translation>Wählen Sie zuerst eine Gruppe in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a plan in the list first.</source>
        <translation>Wählen Sie zuerst einen Plan in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a recipient in the list first.</source>
        <translation>Wählen Sie zuerst einen Empfänger in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a role in the list first.</source>
        <translation>Wählen Sie zuerst eine Rolle in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a rule in the list first.</source>
        <translation>Wählen Sie zuerst eine Regel in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a session in the list first.</source>
        <translation>Wählen Sie zuerst eine Sitzung in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a user in the list first.</source>
        <translation>Wählen Sie zuerst einen Benutzer in der Liste aus.</translation>
    </message>
    <message>
        <source>Select a user to change what the user may do.</source>
        <translation>Wählen Sie einen Benutzer aus, um zu ändern, was er darf.</translation>
    </message>
    <message>
        <source>Select all alerts</source>
        <translation>Alle Alarme auswählen</translation>
    </message>
    <message>
        <source>Select an alert first.</source>
        <translation>Wählen Sie zuerst einen Alarm aus.</translation>
    </message>
    <message>
        <source>Select an alert to see all about it.</source>
        <translation>Wählen Sie einen Alarm aus, um alles dazu zu sehen.</translation>
    </message>
    <message>
        <source>Select several rows with Ctrl or Shift, or all of them with Ctrl+A.</source>
        <translation>Wählen Sie mit Strg oder Umschalt mehrere Zeilen aus oder mit Strg+A alle.</translation>
    </message>
    <message>
        <source>Select, line, gate, zone, mask</source>
        <translation>Auswählen, Linie, Tor, Zone, Maske</translation>
    </message>
    <message>
        <source>Sen&amp;der</source>
        <translation>Absen&amp;der</translation>
    </message>
    <message>
        <source>Send a &amp;test</source>
        <translation>&amp;Test senden</translation>
    </message>
    <message>
        <source>Send a &amp;test alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send a report</source>
        <translation>Bericht senden</translation>
    </message>
    <message>
        <source>Send a test</source>
        <translation>Test senden</translation>
    </message>
    <message>
        <source>Send a test before you rely on it.</source>
        <translation>Senden Sie einen Test, bevor Sie sich darauf verlassen.</translation>
    </message>
    <message>
        <source>Send a test message</source>
        <translation>Testnachricht senden</translation>
    </message>
    <message>
        <source>Send by &amp;itself…</source>
        <translation>&amp;Automatisch senden…</translation>
    </message>
    <message>
        <source>Send by it again</source>
        <translation>Wieder darüber senden</translation>
    </message>
    <message>
        <source>Send nothing by it until it is switched on again</source>
        <translation>Nichts mehr darüber senden, bis er wieder eingeschaltet wird</translation>
    </message>
    <message>
        <source>Send nothing over an unsafe connection</source>
        <translation>Nichts über eine unsichere Verbindung senden</translation>
    </message>
    <message>
        <source>Send the daily proof through every channel, and see what comes of it</source>
        <translation>Die tägliche Kanalprüfung über jeden Kanal senden und sehen, was daraus wird</translation>
    </message>
    <message>
        <source>Send the picture with an e-mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send “{name}” no more?</source>
        <translation>„{name}“ nicht mehr senden?</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>Das Senden</translation>
    </message>
    <message>
        <source>Sending …</source>
        <translation>Wird gesendet …</translation>
    </message>
    <message>
        <source>Sends a short mail with the settings as they are entered here. They need not be saved.</source>
        <translation>Sendet eine kurze E-Mail mit den hier eingetragenen Einstellungen. Sie müssen nicht gespeichert sein.</translation>
    </message>
    <message>
        <source>Sends a short message with the settings as they are entered here. It costs what an alert costs.</source>
        <translation>Sendet eine kurze Nachricht mit den hier eingetragenen Einstellungen. Sie kostet so viel wie ein Alarm.</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Versand</translation>
    </message>
    <message>
        <source>Sent with each message; Authorization and names that begin with X- are allowed. Write $secret where the secret from above belongs: it stays in the keyring.</source>
        <translation>Werden mit jeder Nachricht gesendet; erlaubt sind Authorization und Namen, die mit X- beginnen. Schreiben Sie $secret, wo das Geheimnis von oben stehen soll: Es bleibt im Schlüsselbund.</translation>
    </message>
    <message>
        <source>Sent {moment}{late}: {what}. {answer}</source>
        <translation>Gesendet {moment}{late}: {what}. {answer}</translation>
    </message>
    <message>
        <source>Sep</source>
        <translation>Sep</translation>
    </message>
    <message>
        <source>September</source>
        <translation>September</translation>
    </message>
    <message>
        <source>Sep|September</source>
        <translation>Sep|September</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Set by SMTP_PASSWORD.</source>
        <translation>Durch SMTP_PASSWORD festgelegt.</translation>
    </message>
    <message>
        <source>Set date and time of this computer, best by the network, and try again.</source>
        <translation>Stellen Sie Datum und Uhrzeit dieses Computers, am besten über das Netzwerk, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Set in settings.toml</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set in the last day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set owner</source>
        <translation>Zuständigkeit festlegen</translation>
    </message>
    <message>
        <source>Set the camera to H.264, H.265 or MJPEG.</source>
        <translation>Stellen Sie die Kamera auf H.264, H.265 oder MJPEG ein.</translation>
    </message>
    <message>
        <source>Set the camera to send JPEG pictures of an ordinary size.</source>
        <translation>Stellen Sie die Kamera so ein, dass sie JPEG-Bilder in gewöhnlicher Größe sendet.</translation>
    </message>
    <message>
        <source>Set up</source>
        <translation>Einrichten</translation>
    </message>
    <message>
        <source>Set up CamWatch…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up a device</source>
        <translation>Gerät einrichten</translation>
    </message>
    <message>
        <source>Set up a second factor</source>
        <translation>Zweiten Faktor einrichten</translation>
    </message>
    <message>
        <source>Set up elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up late&amp;r</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up your device</source>
        <translation>Richten Sie Ihr Gerät ein</translation>
    </message>
    <message>
        <source>Setting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings in effect, without secrets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several cameras compared over time</source>
        <translation>Mehrere Kameras im Vergleich im Zeitverlauf</translation>
    </message>
    <message>
        <source>Several with commas between.</source>
        <translation>Mehrere durch Kommas getrennt.</translation>
    </message>
    <message>
        <source>Several workstations, one history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>Schweregrad</translation>
    </message>
    <message>
        <source>Shade what is usual at this hour of the week, from the twelve weeks before, and mark what was not.</source>
        <translation>Unterlegt, was zu dieser Stunde der Woche üblich ist, nach den zwölf Wochen davor, und markiert, was unüblich war.</translation>
    </message>
    <message>
        <source>Shared by others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shared by {owner}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shelve</source>
        <translation>Zurückstellen</translation>
    </message>
    <message>
        <source>Shelve {alerts}</source>
        <translation>{alerts} zurückstellen</translation>
    </message>
    <message>
        <source>Shelved</source>
        <translation>Zurückgestellt</translation>
    </message>
    <message>
        <source>Shelved by {actor}: {shown}</source>
        <translation>Zurückgestellt von {actor}: {shown}</translation>
    </message>
    <message>
        <source>Shelved {these} until {words}.</source>
        <translation>Bis {words} zurückgestellt: {these}.</translation>
    </message>
    <message>
        <source>Shelve…</source>
        <translation>Zurückstellen…</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>Schicht</translation>
    </message>
    <message>
        <source>Shift+arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift+← →</source>
        <translation>Umschalt+← →</translation>
    </message>
    <message>
        <source>Sho&amp;wn as</source>
        <translation>An&amp;gezeigt als</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Anzeigen</translation>
    </message>
    <message>
        <source>Show &amp;all</source>
        <translation>&amp;Alle zeigen</translation>
    </message>
    <message>
        <source>Show CamWatch</source>
        <translation>CamWatch zeigen</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alles anzeigen</translation>
    </message>
    <message>
        <source>Show all cameras</source>
        <translation>Alle Kameras zeigen</translation>
    </message>
    <message>
        <source>Show all messages</source>
        <translation>Alle Nachrichten zeigen</translation>
    </message>
    <message>
        <source>Show all o&amp;pen</source>
        <translation>Alle &amp;offenen zeigen</translation>
    </message>
    <message>
        <source>Show all open</source>
        <translation>Alle offenen zeigen</translation>
    </message>
    <message>
        <source>Show all users</source>
        <translation>Alle Benutzer zeigen</translation>
    </message>
    <message>
        <source>Show an alert on the screen</source>
        <translation>Alarm auf dem Bildschirm zeigen</translation>
    </message>
    <message>
        <source>Show cameras</source>
        <translation>Kameras anzeigen</translation>
    </message>
    <message>
        <source>Show chart</source>
        <translation>Diagramm zeigen</translation>
    </message>
    <message>
        <source>Show former alerts</source>
        <translation>Frühere Alarme zeigen</translation>
    </message>
    <message>
        <source>Show how the rule stood at that moment, step by step</source>
        <translation>Schritt für Schritt zeigen, wie es zu diesem Zeitpunkt um die Regel stand</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner anzeigen</translation>
    </message>
    <message>
        <source>Show live</source>
        <translation>Live zeigen</translation>
    </message>
    <message>
        <source>Show only &amp;problems</source>
        <translation>Nur &amp;Probleme zeigen</translation>
    </message>
    <message>
        <source>Show pictures, numbers and alerts of the moment in which it was raised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show pictures, numbers and alerts of this moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the &amp;keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the &amp;result</source>
        <translation>&amp;Ergebnis zeigen</translation>
    </message>
    <message>
        <source>Show the camera as it is now</source>
        <translation>Die Kamera zeigen, wie sie jetzt ist</translation>
    </message>
    <message>
        <source>Show the camera&apos;s counts around that time</source>
        <translation>Die Zählwerte der Kamera um diese Zeit zeigen</translation>
    </message>
    <message>
        <source>Show the numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the numbers as the cameras measured them, without what people corrected.</source>
        <translation>Zeigt die Zahlen so, wie die Kameras sie gemessen haben, ohne die Korrekturen von Hand.</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Passwort anzeigen</translation>
    </message>
    <message>
        <source>Show the present again ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the wall as it was; or click a moment in the chart ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the wall in another window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole time</source>
        <translation>Die ganze Zeit zeigen</translation>
    </message>
    <message>
        <source>Show the whole time (Home)</source>
        <translation>Ganzen Zeitraum zeigen (Pos1)</translation>
    </message>
    <message>
        <source>Show these keys</source>
        <translation>Diese Tasten zeigen</translation>
    </message>
    <message>
        <source>Show {cameras}</source>
        <translation>{cameras} anzeigen</translation>
    </message>
    <message>
        <source>Shown now</source>
        <translation>Jetzt vorgezeigt</translation>
    </message>
    <message>
        <source>Shown when you look at this camera alone; empty if it is the same.</source>
        <translation>Wird gezeigt, wenn Sie diese Kamera einzeln betrachten; leer, wenn er derselbe ist.</translation>
    </message>
    <message>
        <source>Shows the middle one of the numbers found in this time, so that somebody hidden for a moment does not make it jump. The history keeps both.</source>
        <translation>Zeigt die mittlere der Zahlen, die in dieser Zeit gefunden wurden, damit jemand, der kurz verdeckt ist, sie nicht springen lässt. Der Verlauf behält beide.</translation>
    </message>
    <message>
        <source>Shows where people stand, and where they get lost</source>
        <translation>Zeigt, wo Personen stehen und wo sie verloren gehen</translation>
    </message>
    <message>
        <source>Si&amp;mulated camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign a report</source>
        <translation>Bericht signieren</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Sign in to see your cameras.</source>
        <translation>Melden Sie sich an, um Ihre Kameras zu sehen.</translation>
    </message>
    <message>
        <source>Sign in with a recovery code</source>
        <translation>Mit einem Wiederherstellungscode anmelden</translation>
    </message>
    <message>
        <source>Sign in with a user of this computer.</source>
        <translation>Melden Sie sich mit einem Benutzer dieses Computers an.</translation>
    </message>
    <message>
        <source>Sign in with the login service</source>
        <translation>Mit dem Anmeldedienst anmelden</translation>
    </message>
    <message>
        <source>Sign in, the next step</source>
        <translation>Anmelden, nächster Schritt</translation>
    </message>
    <message>
        <source>Sign of life</source>
        <translation>Lebenszeichen</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>Abmelden</translation>
    </message>
    <message>
        <source>Sign the user out there at once (Del)</source>
        <translation>Den Benutzer dort sofort abmelden (Entf)</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>Sign-in refused</source>
        <translation>Anmeldung abgelehnt</translation>
    </message>
    <message>
        <source>Sign-in while the login service is away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in as</source>
        <translation>Angemeldet als</translation>
    </message>
    <message>
        <source>Signed in by</source>
        <translation>Angemeldet durch</translation>
    </message>
    <message>
        <source>Signed in through {value}</source>
        <translation>Angemeldet über {value}</translation>
    </message>
    <message>
        <source>Signed in with</source>
        <translation>Angemeldet über</translation>
    </message>
    <message>
        <source>Signing in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in did not work</source>
        <translation>Die Anmeldung hat nicht geklappt</translation>
    </message>
    <message>
        <source>Signing in is locked for a while</source>
        <translation>Die Anmeldung ist eine Weile gesperrt</translation>
    </message>
    <message>
        <source>Signing in takes one more step</source>
        <translation>Die Anmeldung braucht noch einen Schritt</translation>
    </message>
    <message>
        <source>Signing in then asks for a code of the user&apos;s own device as well. Whoever has none yet sets it up at the next sign-in.</source>
        <translation>Beim Anmelden wird dann auch ein Code vom eigenen Gerät des Benutzers verlangt. Wer noch keines hat, richtet es bei der nächsten Anmeldung ein.</translation>
    </message>
    <message>
        <source>Signing in through a login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in was not finished in time</source>
        <translation>Die Anmeldung wurde nicht rechtzeitig abgeschlossen</translation>
    </message>
    <message>
        <source>Signing in, step by step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signs each message, so that the other side can tell that it comes from here. Enter the same one there. Without one, messages go unsigned.</source>
        <translation>Signiert jede Nachricht, damit die Gegenseite erkennt, dass sie von hier kommt. Tragen Sie dort dasselbe ein. Ohne Geheimnis gehen Nachrichten unsigniert hinaus.</translation>
    </message>
    <message>
        <source>Signs in as</source>
        <translation>Meldet sich an als</translation>
    </message>
    <message>
        <source>Signs in once with the one-time code, and then chooses a password. If the code is lost, “Reset password” makes a new one.</source>
        <translation>Meldet sich einmal mit dem Einmalcode an und wählt dann ein Passwort. Ist der Code verloren, erstellt „Passwort zurücksetzen“ einen neuen.</translation>
    </message>
    <message>
        <source>Signs in with the present password, and then must choose another one.</source>
        <translation>Meldet sich mit dem jetzigen Passwort an und muss dann ein anderes wählen.</translation>
    </message>
    <message>
        <source>Silhouettes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Simulated camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Simulated camera {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Simulated cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>Since then this has changed: {changed_words}.</source>
        <translation>Seitdem hat sich geändert: {changed_words}.</translation>
    </message>
    <message>
        <source>Since {day_of}, {kept}</source>
        <translation>Seit {day_of}, {kept}</translation>
    </message>
    <message>
        <source>Since {since}.</source>
        <translation>Seit {since}.</translation>
    </message>
    <message>
        <source>Single measurements</source>
        <translation>Einzelne Messwerte</translation>
    </message>
    <message>
        <source>Single measurements are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single measurements are kept for so many days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single measurements of then are not kept any more; {share} % of the minute was measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single measurements of this time are not kept any more, or none stands for this moment. This is the mean of its minute, in which there were from {lowest} to {peak}; {coverage:.0%} of it was measured.</source>
        <translation>Einzelne Messwerte dieser Zeit werden nicht mehr aufbewahrt, oder keiner steht für diesen Zeitpunkt. Dies ist das Mittel seiner Minute, in der es {lowest} bis {peak} waren; {coverage:.0%} davon wurden gemessen.</translation>
    </message>
    <message>
        <source>Single pictures</source>
        <translation>Einzelbilder</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Standort</translation>
    </message>
    <message>
        <source>Site {gone} {gone2}</source>
        <translation>Standort {gone} {gone2}</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Standorte</translation>
    </message>
    <message>
        <source>Sites and cameras</source>
        <translation>Standorte und Kameras</translation>
    </message>
    <message>
        <source>Sites that a role sees</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sixteen tiles</source>
        <translation>Sechzehn Kacheln</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Size of the &amp;text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the error</source>
        <translation>Größe des Fehlers</translation>
    </message>
    <message>
        <source>Size of the error, each {one_of}</source>
        <translation>Größe des Fehlers, je {one_of}</translation>
    </message>
    <message>
        <source>Size of the text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the text, and of what holds it, percent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sleep of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slow</source>
        <translation>Langsam</translation>
    </message>
    <message>
        <source>Slower and faster with the keys ↓ and ↑</source>
        <translation>Langsamer und schneller mit den Tasten ↓ und ↑</translation>
    </message>
    <message>
        <source>Small and typed, for programs that analyse data.</source>
        <translation>Klein und mit Datentypen, für Programme zur Datenanalyse.</translation>
    </message>
    <message>
        <source>Small pictures of all cameras, so that the wall can be seen again as it was. They stay on this computer. What is masked or hidden for the privacy of people is hidden before anything is stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smooth video; costs computing time.</source>
        <translation>Flüssiges Video; kostet Rechenzeit.</translation>
    </message>
    <message>
        <source>Smooth, but much network traffic.</source>
        <translation>Flüssig, aber viel Netzverkehr.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>Schnappschüsse</translation>
    </message>
    <message>
        <source>So few people or fewer are in view, or in a zone.</source>
        <translation>So wenige Personen oder weniger sind im Bild oder in einer Zone.</translation>
    </message>
    <message>
        <source>So few people or fewer pass a line or gate within a time that slides along.</source>
        <translation>So wenige Personen oder weniger passieren eine Linie oder ein Tor innerhalb einer gleitenden Zeitspanne.</translation>
    </message>
    <message>
        <source>So it is with {value} more.</source>
        <translation>So ist es auch bei {value} weiteren.</translation>
    </message>
    <message>
        <source>So many daily copies of the file are kept; 0 makes none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So many identical pictures in a row are a frozen camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So many more people came in than went out since midnight.</source>
        <translation>Seit Mitternacht gingen so viele Personen mehr hinein als hinaus.</translation>
    </message>
    <message>
        <source>So many people or more are in view, or in a zone, at once.</source>
        <translation>So viele Personen oder mehr sind gleichzeitig im Bild oder in einer Zone.</translation>
    </message>
    <message>
        <source>So many people or more pass a line or gate within a time that slides along.</source>
        <translation>So viele Personen oder mehr passieren eine Linie oder ein Tor innerhalb einer gleitenden Zeitspanne.</translation>
    </message>
    <message>
        <source>So much of the disk is held free for the history, and given back when the disk is full, MiB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So nobody can be told by this step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So nobody can be told by this step; the next one comes at once instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So nothing was sent, and no password either.</source>
        <translation>Daher wurde nichts gesendet, auch kein Passwort.</translation>
    </message>
    <message>
        <source>So since before {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So since {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some addresses were not taken; the others got the message.</source>
        <translation>Einige Adressen wurden nicht angenommen; die anderen haben die Nachricht bekommen.</translation>
    </message>
    <message>
        <source>Some alerts do not get out</source>
        <translation>Manche Alarme kommen nicht hinaus</translation>
    </message>
    <message>
        <source>Some days</source>
        <translation>Mehrere Tage</translation>
    </message>
    <message>
        <source>Some lines and gates</source>
        <translation>Einige Linien und Tore</translation>
    </message>
    <message>
        <source>Some numbers were corrected by people.</source>
        <translation>Einige Zahlen wurden von Hand korrigiert.</translation>
    </message>
    <message>
        <source>Some sites or cameras</source>
        <translation>Einige Standorte oder Kameras</translation>
    </message>
    <message>
        <source>Some things to know</source>
        <translation>Was Sie wissen sollten</translation>
    </message>
    <message>
        <source>Some time</source>
        <translation>Freie Zeitspanne</translation>
    </message>
    <message>
        <source>Some values{where} cannot be used</source>
        <translation>Einige Werte{where} sind nicht verwendbar</translation>
    </message>
    <message>
        <source>Some zones</source>
        <translation>Einige Zonen</translation>
    </message>
    <message>
        <source>Somebody else has changed “{name}” at the same time, so nothing was changed.</source>
        <translation>Jemand anderes hat „{name}“ gleichzeitig geändert; daher wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Somebody has acknowledged the alert.</source>
        <translation>Jemand hat den Alarm quittiert.</translation>
    </message>
    <message>
        <source>Somebody has removed it meanwhile.</source>
        <translation>Jemand hat es inzwischen entfernt.</translation>
    </message>
    <message>
        <source>Somebody marked these numbers as wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody who is told outside of this window. They need not be able to sign in here.</source>
        <translation>Jemand, der außerhalb dieses Fensters benachrichtigt wird. Eine Anmeldung hier ist dafür nicht nötig.</translation>
    </message>
    <message>
        <source>Something else was put into the vault meanwhile, so it was not deleted. Try again.</source>
        <translation>Inzwischen wurde etwas anderes in den Tresor gelegt, daher wurde er nicht gelöscht. Versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Something else was written over its file, or over its beginning.</source>
        <translation>Etwas anderes wurde über die Datei oder über ihren Anfang geschrieben.</translation>
    </message>
    <message>
        <source>Something found no room in this run: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something had gone wrong before, error {error}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something here looks like a person and is none. Whoever is found at just this place, in this size, is left out of every number.</source>
        <translation>Etwas sieht hier wie eine Person aus und ist keine. Wer genau an dieser Stelle in dieser Größe gefunden wird, bleibt bei jeder Zahl außer Acht.</translation>
    </message>
    <message>
        <source>Something of it cannot be taken; see the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something outside does not work</source>
        <translation>Etwas außerhalb von CamWatch funktioniert nicht</translation>
    </message>
    <message>
        <source>Something that it needs is missing, or it is switched off.</source>
        <translation>Etwas, das er braucht, fehlt, oder er ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>Something was wrong with the picture: the number of people is doubtful.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ist schiefgegangen</translation>
    </message>
    <message>
        <source>Something went wrong in CamWatch</source>
        <translation>In CamWatch ist etwas schiefgegangen</translation>
    </message>
    <message>
        <source>Something went wrong inside CamWatch. It goes on; if it happens again, send the log to your support with this number: {error_id}</source>
        <translation>In CamWatch ist etwas schiefgegangen. Es läuft weiter; wenn es wieder vorkommt, senden Sie das Protokoll mit dieser Nummer an Ihren Support: {error_id}</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Sound on again</source>
        <translation>Ton wieder ein</translation>
    </message>
    <message>
        <source>Sound: {entries}, {at}</source>
        <translation>In Ordnung: {entries}, {at}</translation>
    </message>
    <message>
        <source>Sounds of alerts</source>
        <translation>Töne der Alarme</translation>
    </message>
    <message>
        <source>Sounds of alerts…</source>
        <translation>Töne der Alarme…</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Spot {value} at which there is never a person.</source>
        <translation>Stelle {value}, an der nie eine Person ist.</translation>
    </message>
    <message>
        <source>Spots at which there is never a person</source>
        <translation>Immer personenfreie Stellen</translation>
    </message>
    <message>
        <source>Spread &amp;over</source>
        <translation>&amp;Verteilt über</translation>
    </message>
    <message>
        <source>Spreads</source>
        <translation>Streuungen</translation>
    </message>
    <message>
        <source>Stands for</source>
        <translation>Steht für</translation>
    </message>
    <message>
        <source>Stands in the history and on the hand-over sheet.</source>
        <translation>Steht im Verlauf und im Übergabeprotokoll.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>Start &amp;recording</source>
        <translation>&amp;Aufnahme beginnen</translation>
    </message>
    <message>
        <source>Start CamWatch again. If it happens again, choose another model. Until then pictures are shown, but nobody is counted.</source>
        <translation>Starten Sie CamWatch neu. Wenn es wieder vorkommt, wählen Sie ein anderes Modell. Bis dahin werden Bilder gezeigt, aber niemand wird gezählt.</translation>
    </message>
    <message>
        <source>Start a recording for an audit</source>
        <translation>Aufnahme für eine Prüfung starten</translation>
    </message>
    <message>
        <source>Start an &amp;audit…</source>
        <translation>Prüfung &amp;beginnen…</translation>
    </message>
    <message>
        <source>Start anew at its end</source>
        <translation>Am Ende von vorn beginnen</translation>
    </message>
    <message>
        <source>Start at sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start it from a terminal: camwatch --sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start the tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>States are kept from the moment a camera is watched for the first time.</source>
        <translation>Zustände werden aufbewahrt, seit eine Kamera zum ersten Mal überwacht wurde.</translation>
    </message>
    <message>
        <source>States over time</source>
        <translation>Zustände im Zeitverlauf</translation>
    </message>
    <message>
        <source>Status: none. {why} Pictures are counted all the same.</source>
        <translation>Status: keiner. {why} Die Bilder werden trotzdem ausgezählt.</translation>
    </message>
    <message>
        <source>Status: {said}</source>
        <translation>Status: {said}</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Schritte</translation>
    </message>
    <message>
        <source>Steps of the chart</source>
        <translation>Schritte des Diagramms</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop a camera&apos;s movement</source>
        <translation>Bewegung einer Kamera anhalten</translation>
    </message>
    <message>
        <source>Stop a recording for an audit</source>
        <translation>Aufnahme für eine Prüfung anhalten</translation>
    </message>
    <message>
        <source>Stop a test message</source>
        <translation>Testnachricht abbrechen</translation>
    </message>
    <message>
        <source>Stop a user from signing in</source>
        <translation>Benutzer am Anmelden hindern</translation>
    </message>
    <message>
        <source>Stop here, show the &amp;result</source>
        <translation>Hier aufhören, &amp;Ergebnis zeigen</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird angehalten…</translation>
    </message>
    <message>
        <source>Storage may be failing. {words}</source>
        <translation>Die Speicherung ist vielleicht gestört. {words}</translation>
    </message>
    <message>
        <source>Store</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Store an audit of the accuracy</source>
        <translation>Prüfung der Genauigkeit speichern</translation>
    </message>
    <message>
        <source>Stored history, and where the rule would have fired</source>
        <translation>Gespeicherter Verlauf, und wo die Regel ausgelöst hätte</translation>
    </message>
    <message>
        <source>Stored of this camera: pictures of alerts: {evidence}; recordings for accuracy audits: {recordings}; pictures to look back at: {others}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Streams, USB cameras and files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such a picture is deleted after so many days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such a picture may leave this computer with an e-mail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as</source>
        <translation>Zum Beispiel</translation>
    </message>
    <message>
        <source>Such as Ground floor</source>
        <translation>Etwa Erdgeschoss</translation>
    </message>
    <message>
        <source>Such as Night shift</source>
        <translation>Zum Beispiel Nachtschicht</translation>
    </message>
    <message>
        <source>Such as Office mail</source>
        <translation>Zum Beispiel Büro-E-Mail</translation>
    </message>
    <message>
        <source>Such as Text messages</source>
        <translation>Zum Beispiel SMS</translation>
    </message>
    <message>
        <source>Such as Ticket system</source>
        <translation>Zum Beispiel Ticketsystem</translation>
    </message>
    <message>
        <source>Such as “The lens was dirty”.</source>
        <translation>Zum Beispiel „Das Objektiv war schmutzig“.</translation>
    </message>
    <message>
        <source>Such as “Week of Store North”</source>
        <translation>Etwa „Woche von Filiale Nord“</translation>
    </message>
    <message>
        <source>Suggest a line</source>
        <translation>Linie vorschlagen</translation>
    </message>
    <message>
        <source>Sun</source>
        <translation>So</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>Sonntag</translation>
    </message>
    <message>
        <source>Sun|Sunday</source>
        <translation>So|Sonntag</translation>
    </message>
    <message>
        <source>Switch &amp;off</source>
        <translation>A&amp;usschalten</translation>
    </message>
    <message>
        <source>Switch &amp;off…</source>
        <translation>A&amp;usschalten…</translation>
    </message>
    <message>
        <source>Switch &amp;on</source>
        <translation>E&amp;inschalten</translation>
    </message>
    <message>
        <source>Switch a rule on or off</source>
        <translation>Regel ein- oder ausschalten</translation>
    </message>
    <message>
        <source>Switch automatic suspend off in the settings of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Switch off a channel that is gone</source>
        <translation>Kanal ausschalten, den es nicht mehr gibt</translation>
    </message>
    <message>
        <source>Switch off compression in the camera&apos;s web server.</source>
        <translation>Schalten Sie die Komprimierung im Webserver der Kamera aus.</translation>
    </message>
    <message>
        <source>Switch the rule on or off (Space)</source>
        <translation>Die Regel ein- oder ausschalten (Leertaste)</translation>
    </message>
    <message>
        <source>Switch the second factor off?</source>
        <translation>Den zweiten Faktor ausschalten?</translation>
    </message>
    <message>
        <source>Switched itself off: {why}</source>
        <translation>Hat sich selbst ausgeschaltet: {why}</translation>
    </message>
    <message>
        <source>Switched off</source>
        <translation>Ausgeschaltet</translation>
    </message>
    <message>
        <source>Switched off; a click or Space changes it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched on</source>
        <translation>Eingeschaltet</translation>
    </message>
    <message>
        <source>Switched on; a click or Space changes it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TCP (reliable)</source>
        <translation>TCP (zuverlässig)</translation>
    </message>
    <message>
        <source>THE PAST</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS from the start</source>
        <translation>TLS von Anfang an</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>Tab</translation>
    </message>
    <message>
        <source>Tables and numbers of rows, no contents</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a tile off the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a wall out as a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take alerts out again</source>
        <translation>Alarme zurückholen</translation>
    </message>
    <message>
        <source>Take away second factor</source>
        <translation>Zweiten Faktor wegnehmen</translation>
    </message>
    <message>
        <source>Take back the last</source>
        <translation>Das Letzte zurücknehmen</translation>
    </message>
    <message>
        <source>Take back what was done last</source>
        <translation>Das zuletzt Getane zurücknehmen</translation>
    </message>
    <message>
        <source>Take care of it; no longer</source>
        <translation>Sich darum kümmern; nicht mehr</translation>
    </message>
    <message>
        <source>Take from the shelf: it tells people again</source>
        <translation>Nicht länger zurückstellen: Der Alarm wird wieder gemeldet</translation>
    </message>
    <message>
        <source>Take hold of a tile, put it down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it with care: something was wrong with the picture{why}.</source>
        <translation>Mit Vorsicht zu verwenden: Mit dem Bild stimmte etwas nicht{why}.</translation>
    </message>
    <message>
        <source>Take off the shelf</source>
        <translation>Nicht mehr zurückstellen</translation>
    </message>
    <message>
        <source>Take over a role from the login service</source>
        <translation>Rolle vom Anmeldedienst übernehmen</translation>
    </message>
    <message>
        <source>Take search and filters away</source>
        <translation>Suche und Filter aufheben</translation>
    </message>
    <message>
        <source>Take the import of a workspace file back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the second factor from “{name}”?</source>
        <translation>„{name}“ den zweiten Faktor wegnehmen?</translation>
    </message>
    <message>
        <source>Take the workspace out as a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take this line away</source>
        <translation>Diese Linie entfernen</translation>
    </message>
    <message>
        <source>Take {name} away</source>
        <translation>{name} entfernen</translation>
    </message>
    <message>
        <source>Taken out: it is a gap</source>
        <translation>Herausgenommen: ist eine Lücke</translation>
    </message>
    <message>
        <source>Taken over by</source>
        <translation>Übernommen von</translation>
    </message>
    <message>
        <source>Tell me when it has had no picture for so many seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me when so many people have passed it within a minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me when there are more people in it than</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me when there are more people in view than</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell no more of a run that was cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell your administrator; the audit log has the details.</source>
        <translation>Sagen Sie Ihrem Verwalter Bescheid; Einzelheiten stehen im Protokoll.</translation>
    </message>
    <message>
        <source>Tells</source>
        <translation>Benachrichtigt</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>Test alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test of {name}</source>
        <translation>Test von {name}</translation>
    </message>
    <message>
        <source>Test on a &amp;picture…</source>
        <translation>An einem &amp;Bild testen…</translation>
    </message>
    <message>
        <source>Test on a picture</source>
        <translation>An einem Bild testen</translation>
    </message>
    <message>
        <source>Test that no picture is stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Testing for {seconds} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Text (*.txt)</translation>
    </message>
    <message>
        <source>Text message</source>
        <translation>SMS</translation>
    </message>
    <message>
        <source>Text searched for</source>
        <translation>Gesuchter Text</translation>
    </message>
    <message>
        <source>That alert is not here any more: it was deleted, or is too old.</source>
        <translation>Diesen Alarm gibt es hier nicht mehr: Er wurde gelöscht oder ist zu alt.</translation>
    </message>
    <message>
        <source>That is a change of {signed}, with a certainty of 95 % from {signed2} to {signed3}.</source>
        <translation>Das ist eine Änderung um {signed}, mit einer Sicherheit von 95 % von {signed2} bis {signed3}.</translation>
    </message>
    <message>
        <source>That is at {at}. A right password is not accepted before.</source>
        <translation>Das ist um {at}. Vorher wird auch ein richtiges Passwort nicht angenommen.</translation>
    </message>
    <message>
        <source>That of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That was too short. Keep the button down while you draw the line.</source>
        <translation>Das war zu kurz. Halten Sie die Taste gedrückt, während Sie die Linie zeichnen.</translation>
    </message>
    <message>
        <source>The accuracy page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The adding was stopped, and all is as it was before.</source>
        <translation>Das Hinzufügen wurde gestoppt, und alles ist wie zuvor.</translation>
    </message>
    <message>
        <source>The address</source>
        <translation>Die Adresse</translation>
    </message>
    <message>
        <source>The address has changed, so please enter the password again for the new one.</source>
        <translation>Die Adresse hat sich geändert; bitte geben Sie das Passwort für die neue noch einmal ein.</translation>
    </message>
    <message>
        <source>The address of the login service</source>
        <translation>Die Adresse des Anmeldedienstes</translation>
    </message>
    <message>
        <source>The alert and its messages in the outbox</source>
        <translation>Der Alarm und seine Nachrichten im Postausgang</translation>
    </message>
    <message>
        <source>The alert was put aside.</source>
        <translation>Der Alarm wurde zurückgestellt.</translation>
    </message>
    <message>
        <source>The alerts cannot be read</source>
        <translation>Die Alarme können nicht gelesen werden</translation>
    </message>
    <message>
        <source>The alerts cannot be read now: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The alerts page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The arrow keys move it; Space puts it down.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The audience</source>
        <translation>Der Empfänger</translation>
    </message>
    <message>
        <source>The audit is older than 90 days.</source>
        <translation>Die Prüfung ist älter als 90 Tage.</translation>
    </message>
    <message>
        <source>The audit is stored, but its pictures could not be deleted or kept as you wished.</source>
        <translation>Die Prüfung ist gespeichert, aber die Bilder konnten nicht wie gewünscht gelöscht oder aufbewahrt werden.</translation>
    </message>
    <message>
        <source>The audits of this camera hold too few pictures or people. Audit it once more, when more people are there.</source>
        <translation>Die Prüfungen dieser Kamera enthalten zu wenige Bilder oder Personen. Prüfen Sie sie noch einmal, wenn mehr Personen da sind.</translation>
    </message>
    <message>
        <source>The base path</source>
        <translation>Der Basispfad</translation>
    </message>
    <message>
        <source>The boxes show whom the program counted in this picture.</source>
        <translation>Die Rahmen zeigen, wen das Programm in diesem Bild gezählt hat.</translation>
    </message>
    <message>
        <source>The camera</source>
        <translation>Die Kamera</translation>
    </message>
    <message>
        <source>The camera did not obey. {whole}</source>
        <translation>Die Kamera hat nicht gehorcht. {whole}</translation>
    </message>
    <message>
        <source>The camera gave no picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera gave no picture that could be counted in this time. Discard the recording, see to the camera, and begin again.</source>
        <translation>Die Kamera lieferte in dieser Zeit kein Bild, das gezählt werden konnte. Verwerfen Sie die Aufnahme, sehen Sie nach der Kamera und beginnen Sie neu.</translation>
    </message>
    <message>
        <source>The camera gives no picture</source>
        <translation>Die Kamera liefert kein Bild</translation>
    </message>
    <message>
        <source>The camera gives pictures.</source>
        <translation>Die Kamera liefert Bilder.</translation>
    </message>
    <message>
        <source>The camera has no status page at this path; that does no harm.</source>
        <translation>Die Kamera hat unter diesem Pfad keine Statusseite; das schadet nicht.</translation>
    </message>
    <message>
        <source>The camera is being asked …</source>
        <translation>Die Kamera wird gefragt …</translation>
    </message>
    <message>
        <source>The camera is not asked over https, so it shows no certificate.</source>
        <translation>Die Kamera wird nicht über https abgefragt, deshalb zeigt sie kein Zertifikat vor.</translation>
    </message>
    <message>
        <source>The camera sends the same picture again and again, so nothing is counted there. Restarting the camera usually helps.</source>
        <translation>Die Kamera sendet immer wieder dasselbe Bild, daher wird dort nichts gezählt. Meist hilft es, die Kamera neu zu starten.</translation>
    </message>
    <message>
        <source>The camera was replaced by another device</source>
        <translation>Die Kamera wurde durch ein anderes Gerät ersetzt</translation>
    </message>
    <message>
        <source>The camera&apos;s address may then point to this computer itself, or to devices that are connected directly. Allow it only if the camera really is there.</source>
        <translation>Die Adresse der Kamera darf dann auf diesen Computer selbst oder auf direkt angeschlossene Geräte zeigen. Erlauben Sie es nur, wenn die Kamera wirklich dort ist.</translation>
    </message>
    <message>
        <source>The camera&apos;s certificate is trusted.</source>
        <translation>Dem Zertifikat der Kamera wird vertraut.</translation>
    </message>
    <message>
        <source>The camera&apos;s old password cannot be removed from the keyring now, and it must not be sent to another address. Unlock the keyring and try again, or remove the camera and add it anew.</source>
        <translation>Das alte Passwort der Kamera lässt sich jetzt nicht aus dem Schlüsselbund entfernen, und es darf nicht an eine andere Adresse gesendet werden. Entsperren Sie den Schlüsselbund, und versuchen Sie es erneut, oder entfernen Sie die Kamera, und fügen Sie sie neu hinzu.</translation>
    </message>
    <message>
        <source>The cameras are simulated. User name and password are filled in for you.</source>
        <translation>Die Kameras sind simuliert. Benutzername und Passwort sind für Sie ausgefüllt.</translation>
    </message>
    <message>
        <source>The cameras page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certainty</source>
        <translation>Die Gewissheit</translation>
    </message>
    <message>
        <source>The certainty from which it counts somebody as a person</source>
        <translation>Die Gewissheit, ab der es jemanden als Person zählt</translation>
    </message>
    <message>
        <source>The certificate of the server of {place} is made out to another name ({said}).</source>
        <translation>Das Zertifikat des Servers von {place} ist auf einen anderen Namen ausgestellt ({said}).</translation>
    </message>
    <message>
        <source>The certificate of the server of {place} is not trusted here ({said}).</source>
        <translation>Dem Zertifikat des Servers von {place} wird hier nicht vertraut ({said}).</translation>
    </message>
    <message>
        <source>The change was not made, but {listed} may have the new password now.</source>
        <translation>Die Änderung wurde nicht vorgenommen, aber vielleicht haben diese nun das neue Passwort: {listed}.</translation>
    </message>
    <message>
        <source>The channel</source>
        <translation>Der Kanal</translation>
    </message>
    <message>
        <source>The channel is gone: choose another one.</source>
        <translation>Den Kanal gibt es nicht mehr: Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>The channel is not set up</source>
        <translation>Der Kanal ist nicht eingerichtet</translation>
    </message>
    <message>
        <source>The channel was removed.</source>
        <translation>Der Kanal wurde entfernt.</translation>
    </message>
    <message>
        <source>The chapter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The charts page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The check of the picture</source>
        <translation>Die Prüfung des Bildes</translation>
    </message>
    <message>
        <source>The claim of a token that names the operator&apos;s roles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim with the roles</source>
        <translation>Der Claim mit den Rollen</translation>
    </message>
    <message>
        <source>The clock of this computer goes steadily.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock of this computer is not right</source>
        <translation>Die Uhr dieses Computers geht falsch</translation>
    </message>
    <message>
        <source>The clock of this computer was set</source>
        <translation>Die Uhr dieses Computers wurde verstellt</translation>
    </message>
    <message>
        <source>The clock of this computer was set, which shifts schedules and history.</source>
        <translation>Die Uhr dieses Computers wurde gestellt; das verschiebt Zeitpläne und Verlauf.</translation>
    </message>
    <message>
        <source>The clock was set back by {seconds} seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock was set forward by {seconds} seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The codes stand in it as they are: whoever reads the file can sign in with them. Only your account of this computer can read it. Delete it when the codes are passed on.</source>
        <translation>Die Codes stehen darin im Klartext: Wer die Datei liest, kann sich mit ihnen anmelden. Nur Ihr Konto auf diesem Computer kann sie lesen. Löschen Sie sie, wenn die Codes weitergegeben sind.</translation>
    </message>
    <message>
        <source>The codes were neither copied nor saved</source>
        <translation>Die Codes wurden weder kopiert noch gespeichert</translation>
    </message>
    <message>
        <source>The comment</source>
        <translation>Der Kommentar</translation>
    </message>
    <message>
        <source>The comment was added.</source>
        <translation>Der Kommentar wurde hinzugefügt.</translation>
    </message>
    <message>
        <source>The computer does not fall asleep by itself while people are counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection stands, or was begun, but nothing came back.</source>
        <translation>Die Verbindung steht oder wurde begonnen, aber es kam nichts zurück.</translation>
    </message>
    <message>
        <source>The connection to {place} is closed because CamWatch ends.</source>
        <translation>Die Verbindung zu {place} ist geschlossen, weil CamWatch beendet wird.</translation>
    </message>
    <message>
        <source>The connection to {place} was lost ({said}).</source>
        <translation>Die Verbindung zu {place} ging verloren ({said}).</translation>
    </message>
    <message>
        <source>The copy is being put in place…</source>
        <translation>Die Kopie wird eingesetzt…</translation>
    </message>
    <message>
        <source>The copy is deleted.</source>
        <translation>Die Kopie ist gelöscht.</translation>
    </message>
    <message>
        <source>The copy is made, and has no fault inside.</source>
        <translation>Die Kopie ist erstellt und enthält keinen Fehler.</translation>
    </message>
    <message>
        <source>The corners</source>
        <translation>Die Ecken</translation>
    </message>
    <message>
        <source>The cost</source>
        <translation>Der Preis</translation>
    </message>
    <message>
        <source>The country</source>
        <translation>Das Land</translation>
    </message>
    <message>
        <source>The counts that wait in {folder} take as much room as the settings allow ({value} MiB).</source>
        <translation>Die wartenden Zählwerte in {folder} belegen so viel Platz, wie die Einstellungen erlauben ({value} MiB).</translation>
    </message>
    <message>
        <source>The currency</source>
        <translation>Die Währung</translation>
    </message>
    <message>
        <source>The damaged file is kept: {set_aside}</source>
        <translation>Die beschädigte Datei bleibt erhalten: {set_aside}</translation>
    </message>
    <message>
        <source>The database cannot be used</source>
        <translation>Die Datenbank ist nicht verwendbar</translation>
    </message>
    <message>
        <source>The database cannot be written</source>
        <translation>In die Datenbank kann nicht geschrieben werden</translation>
    </message>
    <message>
        <source>The database is damaged</source>
        <translation>Die Datenbank ist beschädigt</translation>
    </message>
    <message>
        <source>The database is in use</source>
        <translation>Die Datenbank wird gerade benutzt</translation>
    </message>
    <message>
        <source>The database is of a newer CamWatch</source>
        <translation>Die Datenbank stammt von einem neueren CamWatch</translation>
    </message>
    <message>
        <source>The database is too slow</source>
        <translation>Die Datenbank ist zu langsam</translation>
    </message>
    <message>
        <source>The database server is away</source>
        <translation>Der Datenbankserver ist nicht erreichbar</translation>
    </message>
    <message>
        <source>The database server refuses</source>
        <translation>Der Datenbankserver weist CamWatch ab</translation>
    </message>
    <message>
        <source>The database there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The desktop shows no notifications ({why}). Alerts are shown in this window only, so keep it in sight.</source>
        <translation>Der Desktop zeigt keine Benachrichtigungen ({why}). Alarme erscheinen nur in diesem Fenster; behalten Sie es daher im Blick.</translation>
    </message>
    <message>
        <source>The device</source>
        <translation>Das Gerät</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>Der Datenträger ist voll</translation>
    </message>
    <message>
        <source>The disk is full {when}. Make room, or keep the history for a shorter time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full, not saving</source>
        <translation>Der Datenträger ist voll, es wird nicht gespeichert</translation>
    </message>
    <message>
        <source>The disk is full, so what is free is left to the counts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is nearly full</source>
        <translation>Der Datenträger ist fast voll</translation>
    </message>
    <message>
        <source>The disk is nearly full, so what is free is left to the counts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk may be failing</source>
        <translation>Der Datenträger ist möglicherweise defekt</translation>
    </message>
    <message>
        <source>The disk that holds {file} reports an error ({detail}). Check the disk and its connection.</source>
        <translation>Der Datenträger von {file} meldet einen Fehler ({detail}). Prüfen Sie den Datenträger und seinen Anschluss.</translation>
    </message>
    <message>
        <source>The disk with the history is nearly full.</source>
        <translation>Der Datenträger mit dem Verlauf ist fast voll.</translation>
    </message>
    <message>
        <source>The documents did not come with this installation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The drill is going on …</source>
        <translation>Der Probealarm läuft …</translation>
    </message>
    <message>
        <source>The drill was stopped before its end.</source>
        <translation>Der Probealarm wurde vor dem Ende abgebrochen.</translation>
    </message>
    <message>
        <source>The drill {reason}.</source>
        <translation>Der Probealarm {reason}.</translation>
    </message>
    <message>
        <source>The e-mail address</source>
        <translation>Die E-Mail-Adresse</translation>
    </message>
    <message>
        <source>The e-mail channel</source>
        <translation>Der E-Mail-Kanal</translation>
    </message>
    <message>
        <source>The encryption</source>
        <translation>Die Verschlüsselung</translation>
    </message>
    <message>
        <source>The end</source>
        <translation>Das Ende</translation>
    </message>
    <message>
        <source>The end must be after the start.</source>
        <translation>Das Ende muss nach dem Anfang liegen.</translation>
    </message>
    <message>
        <source>The end of the line</source>
        <translation>Das Ende der Linie</translation>
    </message>
    <message>
        <source>The entries were not saved</source>
        <translation>Die Einträge wurden nicht gespeichert</translation>
    </message>
    <message>
        <source>The file</source>
        <translation>Die Datei</translation>
    </message>
    <message>
        <source>The file audit-head.json is gone from the profile, so it is not known whether entries were cut off at the end.</source>
        <translation>Die Datei audit-head.json fehlt im Profil; deshalb ist nicht bekannt, ob am Ende Einträge abgeschnitten wurden.</translation>
    </message>
    <message>
        <source>The file has the details; its times are those of {key}.</source>
        <translation>Die Einzelheiten stehen in der Datei; ihre Uhrzeiten gelten für {key}.</translation>
    </message>
    <message>
        <source>The file is being written anew …</source>
        <translation>Die Datei wird neu geschrieben …</translation>
    </message>
    <message>
        <source>The file is brought in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file itself is sound. The log beside it, which holds the last moments before CamWatch ended, is damaged or that of another file.</source>
        <translation>Die Datei selbst ist fehlerfrei. Das Journal daneben, das die letzten Augenblicke vor dem Ende von CamWatch enthält, ist beschädigt oder gehört zu einer anderen Datei.</translation>
    </message>
    <message>
        <source>The file of certificates</source>
        <translation>Die Zertifikatsdatei</translation>
    </message>
    <message>
        <source>The file of the history is gone</source>
        <translation>Die Datei des Verlaufs ist weg</translation>
    </message>
    <message>
        <source>The file of the picture is gone or damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file of the picture is not there any more.</source>
        <translation>Die Datei des Bildes ist nicht mehr da.</translation>
    </message>
    <message>
        <source>The file of this picture is damaged, so it is not shown.</source>
        <translation>Die Datei dieses Bilds ist beschädigt, deshalb wird es nicht gezeigt.</translation>
    </message>
    <message>
        <source>The file was made by an older CamWatch and cannot become smaller by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file was written anew.</source>
        <translation>Die Datei wurde neu geschrieben.</translation>
    </message>
    <message>
        <source>The file with the certificates to trust cannot be used ({said}).</source>
        <translation>Die Datei mit den Zertifikaten, denen vertraut werden soll, kann nicht verwendet werden ({said}).</translation>
    </message>
    <message>
        <source>The files of an audit cannot be used</source>
        <translation>Die Dateien einer Prüfung sind nicht verwendbar</translation>
    </message>
    <message>
        <source>The filter leaves none over.</source>
        <translation>Der Filter lässt keine übrig.</translation>
    </message>
    <message>
        <source>The fingerprint of the certificate</source>
        <translation>Der Fingerabdruck des Zertifikats</translation>
    </message>
    <message>
        <source>The first line that fits counts. Whoever fits no line is not let in.</source>
        <translation>Die erste passende Zeile zählt. Wer zu keiner Zeile passt, wird nicht eingelassen.</translation>
    </message>
    <message>
        <source>The first one is made soon after the start, and then one each night.</source>
        <translation>Die erste entsteht bald nach dem Start, danach jede Nacht eine.</translation>
    </message>
    <message>
        <source>The first person was counted at {time}, {span} after you began.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The group</source>
        <translation>Die Gruppe</translation>
    </message>
    <message>
        <source>The health page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The highest single count: how many were there at once in the fullest picture.</source>
        <translation>Der höchste einzelne Zählwert: wie viele im vollsten Bild gleichzeitig dort waren.</translation>
    </message>
    <message>
        <source>The highest sum within a minute is estimated from each camera&apos;s highest.</source>
        <translation>Die höchste Summe innerhalb einer Minute ist aus den Höchstwerten der Kameras geschätzt.</translation>
    </message>
    <message>
        <source>The history</source>
        <translation>Der Verlauf</translation>
    </message>
    <message>
        <source>The history and its log do not belong together</source>
        <translation>Der Verlauf und sein Journal gehören nicht zusammen</translation>
    </message>
    <message>
        <source>The history cannot be read</source>
        <translation>Der Verlauf lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>The history cannot be read: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history has faults inside ({verdict}). Make no new copy over an old one, and restart CamWatch: it offers to put a sound copy in its place.</source>
        <translation>Der Verlauf hat innere Fehler ({verdict}). Überschreiben Sie keine alte Kopie mit einer neuen, und starten Sie CamWatch neu: Es bietet an, eine fehlerfreie Kopie an seine Stelle zu setzen.</translation>
    </message>
    <message>
        <source>The history has faults inside.</source>
        <translation>Der Verlauf enthält Fehler.</translation>
    </message>
    <message>
        <source>The history holds a {what} that cannot be read ({error}). Put your newest copy of the history in its place.</source>
        <translation>Ein Eintrag im Verlauf lässt sich nicht lesen: {what} ({error}). Setzen Sie Ihre neueste Kopie des Verlaufs an seine Stelle.</translation>
    </message>
    <message>
        <source>The history is damaged</source>
        <translation>Der Verlauf ist beschädigt</translation>
    </message>
    <message>
        <source>The history is damaged. The live view and counting go on. Close CamWatch and start it again: it then offers to restore the newest sound copy, or to save what can be read.</source>
        <translation>Der Verlauf ist beschädigt. Live-Ansicht und Zählung laufen weiter. Beenden Sie CamWatch, und starten Sie es neu: Es bietet dann an, die neueste unversehrte Kopie wiederherzustellen oder zu retten, was lesbar ist.</translation>
    </message>
    <message>
        <source>The history is empty</source>
        <translation>Der Verlauf ist leer</translation>
    </message>
    <message>
        <source>The history is gone</source>
        <translation>Der Verlauf ist weg</translation>
    </message>
    <message>
        <source>The history is in use</source>
        <translation>Der Verlauf wird gerade verwendet</translation>
    </message>
    <message>
        <source>The history is not being saved</source>
        <translation>Der Verlauf wird nicht gespeichert</translation>
    </message>
    <message>
        <source>The history is not open yet.</source>
        <translation>Der Verlauf ist noch nicht geöffnet.</translation>
    </message>
    <message>
        <source>The history is not saved now; {rows} rows wait on the disk beside it.</source>
        <translation>Der Verlauf wird zurzeit nicht gespeichert; {rows} Datensätze warten auf dem Datenträger daneben.</translation>
    </message>
    <message>
        <source>The history is not sound: {found}.</source>
        <translation>Der Verlauf ist nicht fehlerfrei: {found}.</translation>
    </message>
    <message>
        <source>The history on a PostgreSQL server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history takes no counts now; they wait on the disk, and nothing is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history was looked through and is sound.</source>
        <translation>Der Verlauf wurde durchgesehen und ist fehlerfrei.</translation>
    </message>
    <message>
        <source>The history was read</source>
        <translation>Der Verlauf wurde gelesen</translation>
    </message>
    <message>
        <source>The hour</source>
        <translation>Die Stunde</translation>
    </message>
    <message>
        <source>The hours of the week in which the rule raises alerts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The import is rolled back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The inbox lists what wants somebody. Acknowledge says that you know of it; the alert stays until its cause is over. “Rules” decides what raises alerts, and “Delivery” whom they reach.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The issuer</source>
        <translation>Der Aussteller</translation>
    </message>
    <message>
        <source>The keyring could not do it ({kind}). Check the desktop&apos;s keyring, and try again.</source>
        <translation>Dem Schlüsselbund gelang es nicht ({kind}). Prüfen Sie den Schlüsselbund des Desktops, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The keyring did not take back all passwords</source>
        <translation>Der Schlüsselbund hat nicht alle Passwörter zurückgenommen</translation>
    </message>
    <message>
        <source>The keyring does not answer, so its password cannot be read now.</source>
        <translation>Der Schlüsselbund antwortet nicht, daher lässt sich das Passwort zurzeit nicht lesen.</translation>
    </message>
    <message>
        <source>The keyring does not answer. It may be waiting for its own password: look for its window behind the others, answer it, and try again.</source>
        <translation>Der Schlüsselbund antwortet nicht. Vielleicht wartet er auf sein eigenes Passwort: Suchen Sie sein Fenster hinter den anderen, antworten Sie dort, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The keyring has no secret for this user&apos;s second factor. Sign in with a recovery code and set the second factor up anew, or ask an administrator to take it away.</source>
        <translation>Der Schlüsselbund hat kein Geheimnis für den zweiten Faktor dieses Benutzers. Melden Sie sich mit einem Wiederherstellungscode an, und richten Sie den zweiten Faktor neu ein, oder bitten Sie einen Verwalter, ihn zu entfernen.</translation>
    </message>
    <message>
        <source>The keyring is locked or does not answer</source>
        <translation>Der Schlüsselbund ist gesperrt oder antwortet nicht</translation>
    </message>
    <message>
        <source>The keyring is locked. Unlock it with its own password, and try again.</source>
        <translation>Der Schlüsselbund ist gesperrt. Entsperren Sie ihn mit seinem eigenen Passwort, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The keyring or the vault, which holds the key, does not answer or is locked. The entries follow each other, but whether they were changed on purpose is not known. Unlock it, and check again.</source>
        <translation>Der Schlüsselbund oder der Tresor, der den Schlüssel enthält, antwortet nicht oder ist gesperrt. Die Einträge folgen aufeinander, aber ob sie absichtlich geändert wurden, ist nicht bekannt. Entsperren Sie ihn, und prüfen Sie noch einmal.</translation>
    </message>
    <message>
        <source>The keyring or vault could not be asked for the passwords that are kept, so they are hidden by their place in the text only. Look through the log with care.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring that is chosen on this computer ({name}) does not keep passwords safe, so CamWatch does not use it. Choose the desktop&apos;s own keyring, or make a vault of CamWatch&apos;s own.</source>
        <translation>Der auf diesem Computer gewählte Schlüsselbund ({name}) bewahrt Passwörter nicht sicher auf, daher verwendet ihn CamWatch nicht. Wählen Sie den Schlüsselbund des Desktops, oder legen Sie einen eigenen Tresor von CamWatch an.</translation>
    </message>
    <message>
        <source>The keyring that is chosen on this computer cannot be used. Correct PYTHON_KEYRING_BACKEND or keyringrc.cfg, or remove them.</source>
        <translation>Der auf diesem Computer gewählte Schlüsselbund kann nicht verwendet werden. Berichtigen Sie PYTHON_KEYRING_BACKEND oder keyringrc.cfg, oder entfernen Sie sie.</translation>
    </message>
    <message>
        <source>The keyring took the password but did not keep it, so it was not saved.</source>
        <translation>Der Schlüsselbund nahm das Passwort an, behielt es aber nicht; daher wurde es nicht gespeichert.</translation>
    </message>
    <message>
        <source>The keys that it signs with, as NAME = FINGERPRINT; empty trusts those it shows first. Written by CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kind of camera</source>
        <translation>Die Art der Kamera</translation>
    </message>
    <message>
        <source>The kind of correction</source>
        <translation>Die Art der Korrektur</translation>
    </message>
    <message>
        <source>The kind of gateway</source>
        <translation>Die Art des Gateways</translation>
    </message>
    <message>
        <source>The language; auto is that of this computer, or English.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last hour: nothing was measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last hour: {most} people at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last run of CamWatch ended as it should.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last run that did not end as it should</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The last three days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The least serious messages that are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The li&amp;ve view stays visible while CamWatch is locked</source>
        <translation>Die Li&amp;ve-Ansicht bleibt sichtbar, während CamWatch gesperrt ist</translation>
    </message>
    <message>
        <source>The line has more cells than there are columns.</source>
        <translation>Die Zeile hat mehr Zellen, als es Spalten gibt.</translation>
    </message>
    <message>
        <source>The lines are not drawn</source>
        <translation>Die Linien sind nicht eingezeichnet</translation>
    </message>
    <message>
        <source>The list is saved as {name}.</source>
        <translation>Die Liste ist als {name} gespeichert.</translation>
    </message>
    <message>
        <source>The list of cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of cameras cannot be read; those that are known are counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list of cameras with their states. Here they are added, changed, found in the network, imported and removed, and here lines and zones are drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live view stays visible while CamWatch is locked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The live wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The local network</source>
        <translation>Das lokale Netz</translation>
    </message>
    <message>
        <source>The location</source>
        <translation>Der Ort</translation>
    </message>
    <message>
        <source>The log could not be checked</source>
        <translation>Das Protokoll konnte nicht geprüft werden</translation>
    </message>
    <message>
        <source>The log ends at entry {number}, but there were {other}</source>
        <translation>Das Protokoll endet bei Eintrag {number}, aber es gab {other}</translation>
    </message>
    <message>
        <source>The log has gaps: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log is empty, but there were {entries}</source>
        <translation>Das Protokoll ist leer, aber es gab {entries}</translation>
    </message>
    <message>
        <source>The log is written to {file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service answers again and has confirmed your session.</source>
        <translation>Der Anmeldedienst antwortet wieder und hat Ihre Sitzung bestätigt.</translation>
    </message>
    <message>
        <source>The login service answers with something else</source>
        <translation>Der Anmeldedienst antwortet mit etwas anderem</translation>
    </message>
    <message>
        <source>The login service cannot be reached</source>
        <translation>Der Anmeldedienst ist nicht erreichbar</translation>
    </message>
    <message>
        <source>The login service cannot prove who it is</source>
        <translation>Der Anmeldedienst kann sich nicht ausweisen</translation>
    </message>
    <message>
        <source>The login service does not answer in time</source>
        <translation>Der Anmeldedienst antwortet nicht rechtzeitig</translation>
    </message>
    <message>
        <source>The login service does not answer. You are signed in by what it said of you earlier, until {until} at most, and without the right to manage users and security. As soon as it answers, it is asked again.</source>
        <translation>Der Anmeldedienst antwortet nicht. Sie sind angemeldet aufgrund dessen, was er früher über Sie gesagt hat, längstens bis {until} und ohne das Recht, Benutzer und Sicherheit zu verwalten. Sobald er antwortet, wird er wieder gefragt.</translation>
    </message>
    <message>
        <source>The login service is out of order</source>
        <translation>Der Anmeldedienst ist gestört</translation>
    </message>
    <message>
        <source>The login service knows you, but none of your roles there stands for one here.</source>
        <translation>Der Anmeldedienst kennt Sie, aber keine Ihrer Rollen dort steht hier für eine.</translation>
    </message>
    <message>
        <source>The login service must confirm your password</source>
        <translation>Der Anmeldedienst muss Ihr Passwort bestätigen</translation>
    </message>
    <message>
        <source>The login service sends CamWatch elsewhere</source>
        <translation>Der Anmeldedienst schickt CamWatch an eine andere Stelle</translation>
    </message>
    <message>
        <source>The login service signs with other keys than before</source>
        <translation>Der Anmeldedienst unterschreibt mit anderen Schlüsseln als bisher</translation>
    </message>
    <message>
        <source>The login service wants to be left alone for a while</source>
        <translation>Der Anmeldedienst will eine Weile in Ruhe gelassen werden</translation>
    </message>
    <message>
        <source>The login service was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service&apos;s answer has run out already</source>
        <translation>Die Antwort des Anmeldedienstes ist schon abgelaufen</translation>
    </message>
    <message>
        <source>The login service&apos;s answer is not believed</source>
        <translation>Der Antwort des Anmeldedienstes wird nicht geglaubt</translation>
    </message>
    <message>
        <source>The longest message</source>
        <translation>Die längste Nachricht</translation>
    </message>
    <message>
        <source>The longest session</source>
        <translation>Die längste Sitzung</translation>
    </message>
    <message>
        <source>The longest single visit.</source>
        <translation>Der längste einzelne Besuch.</translation>
    </message>
    <message>
        <source>The mail server</source>
        <translation>Der Mailserver</translation>
    </message>
    <message>
        <source>The mail server said: {text}.{refused}</source>
        <translation>Der Mailserver sagte: {text}.{refused}</translation>
    </message>
    <message>
        <source>The map fills as people are counted: an hour appears as soon as a part of it was measured. Choose a longer time, or other cameras.</source>
        <translation>Die Karte füllt sich, während Personen gezählt werden: Eine Stunde erscheint, sobald ein Teil von ihr gemessen wurde. Wählen Sie eine längere Zeit oder andere Kameras.</translation>
    </message>
    <message>
        <source>The map fills while people are counted on this camera. A new camera shows its first colours about a minute after the first person came into view.</source>
        <translation>Die Karte füllt sich, während an dieser Kamera Personen gezählt werden. Eine neue Kamera zeigt etwa eine Minute, nachdem die erste Person ins Bild kam, ihre ersten Farben.</translation>
    </message>
    <message>
        <source>The map is in the clipboard as a picture.</source>
        <translation>Die Karte ist als Bild in der Zwischenablage.</translation>
    </message>
    <message>
        <source>The maps of where people stood and walked. Older than this they cannot be shown; the counts, and how long people stayed, are not touched.</source>
        <translation>Die Karten, wo Personen standen und gingen. Was älter ist, lässt sich nicht mehr zeigen; die Zählwerte und wie lange Personen blieben, sind davon nicht betroffen.</translation>
    </message>
    <message>
        <source>The members</source>
        <translation>Die Mitglieder</translation>
    </message>
    <message>
        <source>The message is posted to /2010-04-01/Accounts/…/Messages.json below the address, signed in with account and token.</source>
        <translation>Die Nachricht wird an /2010-04-01/Accounts/…/Messages.json unterhalb der Adresse gesendet, angemeldet mit Konto und Token.</translation>
    </message>
    <message>
        <source>The message was refused</source>
        <translation>Die Nachricht wurde abgelehnt</translation>
    </message>
    <message>
        <source>The model cannot be used</source>
        <translation>Das Modell ist nicht verwendbar</translation>
    </message>
    <message>
        <source>The model cannot be used.</source>
        <translation>Das Modell ist nicht verwendbar.</translation>
    </message>
    <message>
        <source>The model file {value} is damaged.</source>
        <translation>Die Modelldatei {value} ist beschädigt.</translation>
    </message>
    <message>
        <source>The model file {value} is missing.</source>
        <translation>Die Modelldatei {value} fehlt.</translation>
    </message>
    <message>
        <source>The model is being loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is loaded and tried …</source>
        <translation>Das Modell wird geladen und getestet …</translation>
    </message>
    <message>
        <source>The model is missing</source>
        <translation>Das Modell fehlt</translation>
    </message>
    <message>
        <source>The model that counts people does not work.</source>
        <translation>Das Modell, das Personen zählt, funktioniert nicht.</translation>
    </message>
    <message>
        <source>The model {name} {reason}</source>
        <translation>Das Modell {name} {reason}</translation>
    </message>
    <message>
        <source>The model: auto takes the best that works here; or the name of one of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The moment</source>
        <translation>Der Zeitpunkt</translation>
    </message>
    <message>
        <source>The name</source>
        <translation>Der Name</translation>
    </message>
    <message>
        <source>The name is already used by another user.</source>
        <translation>Der Name wird schon von einem anderen Benutzer verwendet.</translation>
    </message>
    <message>
        <source>The name stands in line {lines} as well.</source>
        <translation>Der Name steht auch in Zeile {lines}.</translation>
    </message>
    <message>
        <source>The name {reason}.</source>
        <translation>Der Name {reason}.</translation>
    </message>
    <message>
        <source>The names of {many} are not found since {since}: probably the network&apos;s name server does not answer.</source>
        <translation>Die Namen von {many} werden seit {since} nicht gefunden: wahrscheinlich antwortet der Namensserver des Netzwerks nicht.</translation>
    </message>
    <message>
        <source>The networks</source>
        <translation>Die Netzwerke</translation>
    </message>
    <message>
        <source>The networks {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The newest copy is of {moment} UTC.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The newest copy of the history is {days} days old. Make one now.</source>
        <translation>Die neueste Kopie des Verlaufs ist {days} Tage alt. Machen Sie jetzt eine.</translation>
    </message>
    <message>
        <source>The newest picture, and how old it is</source>
        <translation>Das neueste Bild, und wie alt es ist</translation>
    </message>
    <message>
        <source>The next step comes at once then.</source>
        <translation>Dann folgt der nächste Schritt sofort.</translation>
    </message>
    <message>
        <source>The next unusual one</source>
        <translation>Zur nächsten ungewöhnlichen Stelle</translation>
    </message>
    <message>
        <source>The note of the newest entry in the keyring</source>
        <translation>Der Vermerk zum neuesten Eintrag im Schlüsselbund</translation>
    </message>
    <message>
        <source>The note of the newest entry in the profile, audit-head.json,</source>
        <translation>Der Vermerk zum neuesten Eintrag im Profil, audit-head.json,</translation>
    </message>
    <message>
        <source>The number inwards</source>
        <translation>Die Zahl hinein</translation>
    </message>
    <message>
        <source>The number is steadied; found in the newest picture: {people}.</source>
        <translation>Die Zahl ist geglättet; im neuesten Bild gefunden: {people}.</translation>
    </message>
    <message>
        <source>The number outwards</source>
        <translation>Die Zahl hinaus</translation>
    </message>
    <message>
        <source>The number {reason}.</source>
        <translation>Die Nummer {reason}.</translation>
    </message>
    <message>
        <source>The numbers of {about} were {percent} right when they were audited on {audited}, in {lights}. With a certainty of 95 % they are right to {between}.</source>
        <translation>Die Zahlen ({about}) waren bei der Prüfung am {audited} ({lights}) zu {percent} richtig. Mit einer Sicherheit von 95 % sind sie zu {between} richtig.</translation>
    </message>
    <message>
        <source>The one-time code was not used in time. “Reset password” makes a new one.</source>
        <translation>Der Einmalcode wurde nicht rechtzeitig benutzt. „Passwort zurücksetzen“ erstellt einen neuen.</translation>
    </message>
    <message>
        <source>The open sessions are being read.</source>
        <translation>Die offenen Sitzungen werden gelesen.</translation>
    </message>
    <message>
        <source>The operator counted the people in pictures that had been chosen at random, without seeing the program&apos;s numbers. Each picture was compared by itself.</source>
        <translation>Der Bediener zählte die Personen in zufällig ausgewählten Bildern, ohne die Zahlen des Programms zu sehen. Jedes Bild wurde für sich verglichen.</translation>
    </message>
    <message>
        <source>The operator watched the recording without seeing the program&apos;s numbers, and kept count of the people in view. The recording was cut into intervals, and in each the average number of people was compared with the average number that the program showed.</source>
        <translation>Der Bediener sah sich die Aufnahme an, ohne die Zahlen des Programms zu sehen, und zählte laufend die Personen im Bild. Die Aufnahme wurde in Abschnitte geteilt, und in jedem wurde die mittlere Zahl der Personen mit der mittleren Zahl verglichen, die das Programm zeigte.</translation>
    </message>
    <message>
        <source>The operator watched the recording without seeing the program&apos;s numbers, and pressed a key for each person who passed. The recording was cut into intervals, and in each the numbers in and out were compared; errors in both directions add up. A counted and a real passage less than {tolerance} apart were taken for the same one.</source>
        <translation>Der Bediener sah sich die Aufnahme an, ohne die Zahlen des Programms zu sehen, und drückte für jede Person, die durchging, eine Taste. Die Aufnahme wurde in Abschnitte geteilt, und in jedem wurden die Zahlen hinein und hinaus verglichen; Fehler in beiden Richtungen addieren sich. Ein gezählter und ein wirklicher Durchgang, die weniger als {tolerance} auseinanderlagen, galten als derselbe.</translation>
    </message>
    <message>
        <source>The other entries fit together; {entries}, {at}.</source>
        <translation>Die übrigen Einträge passen zusammen; {entries}, {at}.</translation>
    </message>
    <message>
        <source>The other place begins empty. To take the history along, close CamWatch after this and run “camwatch db move”, which copies everything and checks it; then start CamWatch again.</source>
        <translation>Der andere Ort ist am Anfang leer. Um den Verlauf mitzunehmen, schließen Sie danach CamWatch und führen Sie „camwatch db move“ aus; das kopiert alles und prüft es. Starten Sie dann CamWatch wieder.</translation>
    </message>
    <message>
        <source>The other side cannot be reached.</source>
        <translation>Die Gegenstelle ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>The other side cannot prove who it is</source>
        <translation>Die Gegenstelle kann sich nicht ausweisen</translation>
    </message>
    <message>
        <source>The other side does not answer in time</source>
        <translation>Die Gegenstelle antwortet nicht rechtzeitig</translation>
    </message>
    <message>
        <source>The other side has taken the message. Look whether it arrives.</source>
        <translation>Die Gegenseite hat die Nachricht angenommen. Sehen Sie nach, ob sie ankommt.</translation>
    </message>
    <message>
        <source>The other side is out of order</source>
        <translation>Die Gegenstelle ist gestört</translation>
    </message>
    <message>
        <source>The other side said:</source>
        <translation>Die Gegenseite antwortete:</translation>
    </message>
    <message>
        <source>The other side takes nothing any more at this address.</source>
        <translation>Die Gegenstelle nimmt unter dieser Adresse nichts mehr an.</translation>
    </message>
    <message>
        <source>The other side was reached, and did not let CamWatch in.</source>
        <translation>Die Gegenstelle wurde erreicht, ließ CamWatch aber nicht ein.</translation>
    </message>
    <message>
        <source>The other side was reached, and does not take this message.</source>
        <translation>Die Gegenstelle wurde erreicht, nimmt diese Nachricht aber nicht an.</translation>
    </message>
    <message>
        <source>The other side was reached, and takes nothing just now.</source>
        <translation>Die Gegenstelle wurde erreicht, nimmt aber gerade nichts an.</translation>
    </message>
    <message>
        <source>The owner</source>
        <translation>Der Eigentümer</translation>
    </message>
    <message>
        <source>The owner is the former one again.</source>
        <translation>Wieder zuständig ist, wer es vorher war.</translation>
    </message>
    <message>
        <source>The page Alerts shows all of them.</source>
        <translation>Die Seite „Alarme“ zeigt alle.</translation>
    </message>
    <message>
        <source>The page “Who did what”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The passphrase</source>
        <translation>Die Passphrase</translation>
    </message>
    <message>
        <source>The passphrase is changed.</source>
        <translation>Die Passphrase ist geändert.</translation>
    </message>
    <message>
        <source>The passphrase is wrong</source>
        <translation>Die Passphrase ist falsch</translation>
    </message>
    <message>
        <source>The passphrase of the vault was changed by another CamWatch. Unlock it with the new one.</source>
        <translation>Die Passphrase des Tresors wurde von einem anderen CamWatch geändert. Entsperren Sie ihn mit der neuen.</translation>
    </message>
    <message>
        <source>The password</source>
        <translation>Das Passwort</translation>
    </message>
    <message>
        <source>The password and all open sessions end now. You get a one-time code with which the user signs in once, and then chooses a password.</source>
        <translation>Das Passwort und alle offenen Sitzungen enden jetzt. Sie erhalten einen Einmalcode, mit dem sich der Benutzer einmal anmeldet und dann ein Passwort wählt.</translation>
    </message>
    <message>
        <source>The password cannot be read now</source>
        <translation>Das Passwort kann zurzeit nicht gelesen werden</translation>
    </message>
    <message>
        <source>The password is sent to the camera as it is, without being scrambled.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password is wrong. Check whether Caps Lock is on.</source>
        <translation>Das Passwort ist falsch. Prüfen Sie, ob die Feststelltaste aktiv ist.</translation>
    </message>
    <message>
        <source>The password of each goes into this computer&apos;s keyring.</source>
        <translation>Das Passwort jeder Kamera kommt in den Schlüsselbund dieses Computers.</translation>
    </message>
    <message>
        <source>The password of the database server {host} cannot be read: {error}</source>
        <translation>Das Passwort des Datenbankservers {host} lässt sich nicht lesen: {error}</translation>
    </message>
    <message>
        <source>The password of the database server {host} is in the vault, which is locked.</source>
        <translation>Das Passwort des Datenbankservers {host} ist im Tresor, und der ist gesperrt.</translation>
    </message>
    <message>
        <source>The password or the code is wrong. Wait for the next code, and enter both.</source>
        <translation>Das Passwort oder der Code ist falsch. Warten Sie auf den nächsten Code, und geben Sie beides ein.</translation>
    </message>
    <message>
        <source>The passwords of the cameras are in CamWatch&apos;s own vault on this computer. Its passphrase opens it until CamWatch closes.</source>
        <translation>Die Passwörter der Kameras liegen in CamWatchs eigenem Tresor auf diesem Computer. Seine Passphrase öffnet ihn, bis CamWatch geschlossen wird.</translation>
    </message>
    <message>
        <source>The path of ONVIF</source>
        <translation>Der ONVIF-Pfad</translation>
    </message>
    <message>
        <source>The path of the full picture</source>
        <translation>Der Pfad des vollen Bildes</translation>
    </message>
    <message>
        <source>The path of the snapshot</source>
        <translation>Der Pfad des Schnappschusses</translation>
    </message>
    <message>
        <source>The path of the status</source>
        <translation>Der Pfad des Status</translation>
    </message>
    <message>
        <source>The path of the stream</source>
        <translation>Der Pfad des Streams</translation>
    </message>
    <message>
        <source>The peaks of the cameras added up; they need not have been at the same time.</source>
        <translation>Die Spitzen der Kameras zusammengezählt; sie müssen nicht gleichzeitig gewesen sein.</translation>
    </message>
    <message>
        <source>The permissions</source>
        <translation>Die Rechte</translation>
    </message>
    <message>
        <source>The phone number</source>
        <translation>Die Telefonnummer</translation>
    </message>
    <message>
        <source>The picture</source>
        <translation>Das Bild</translation>
    </message>
    <message>
        <source>The picture cannot be read. {whole}</source>
        <translation>Das Bild kann nicht gelesen werden. {whole}</translation>
    </message>
    <message>
        <source>The picture is kept on another computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture is on the clipboard</source>
        <translation>Das Bild ist in der Zwischenablage</translation>
    </message>
    <message>
        <source>The picture of the alert cannot be read now.</source>
        <translation>Das Bild des Alarms kann zurzeit nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The picture of the moment in which an alert was raised. Older than this, the alert is still there without it. A longer time holds for pictures from now on.</source>
        <translation>Das Bild des Zeitpunkts, zu dem ein Alarm ausgelöst wurde. Ist er älter, gibt es den Alarm noch, aber ohne Bild. Eine längere Zeit gilt für Bilder von jetzt an.</translation>
    </message>
    <message>
        <source>The picture of the moment is kept with an alert, where its rule wants it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture of your camera will be here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture was deleted: pictures of alerts are kept for 1 day.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture was deleted: pictures of alerts are kept for {days} days.</source>
        <translation>Das Bild wurde gelöscht: Bilder von Alarmen werden {days} Tage aufbewahrt.</translation>
    </message>
    <message>
        <source>The place that a camera belongs to, such as a shop or a building.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The place where this computer keeps passwords does not give it.</source>
        <translation>Der Ort, an dem dieser Computer Passwörter aufbewahrt, gibt es nicht heraus.</translation>
    </message>
    <message>
        <source>The plan</source>
        <translation>Der Plan</translation>
    </message>
    <message>
        <source>The port</source>
        <translation>Der Port</translation>
    </message>
    <message>
        <source>The port of ONVIF</source>
        <translation>Der ONVIF-Port</translation>
    </message>
    <message>
        <source>The ports</source>
        <translation>Die Ports</translation>
    </message>
    <message>
        <source>The ports must be whole numbers from 1 to 65535.</source>
        <translation>Die Ports müssen ganze Zahlen von 1 bis 65535 sein.</translation>
    </message>
    <message>
        <source>The ports {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The present one was for once only, or somebody else knows it. Choose your own.</source>
        <translation>Das jetzige galt nur für einmal, oder jemand anderes kennt es. Wählen Sie Ihr eigenes.</translation>
    </message>
    <message>
        <source>The present threshold fits</source>
        <translation>Die jetzige Schwelle passt</translation>
    </message>
    <message>
        <source>The privacy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The privacy of {camera} is lifted until {until}, by {who}: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The profile folder {folder} cannot be used: {why}. Allow your account to write it, or choose another with --profile DIR.</source>
        <translation>Der Profilordner {folder} kann nicht verwendet werden: {why}. Erlauben Sie Ihrem Konto, darin zu schreiben, oder wählen Sie mit --profile DIR einen anderen.</translation>
    </message>
    <message>
        <source>The program is never quite sure whether something is a person. Whoever it is less sure of than this threshold, from 0 to 1, is not counted: a higher one misses more people, a lower one takes more things for people.</source>
        <translation>Das Programm ist nie ganz sicher, ob etwas eine Person ist. Liegt die Sicherheit unter dieser Schwelle von 0 bis 1, wird nicht gezählt: Eine höhere Schwelle übersieht mehr Personen, eine niedrigere hält mehr Dinge für Personen.</translation>
    </message>
    <message>
        <source>The protocol</source>
        <translation>Das Protokoll</translation>
    </message>
    <message>
        <source>The protocol of ONVIF</source>
        <translation>Das ONVIF-Protokoll</translation>
    </message>
    <message>
        <source>The reason</source>
        <translation>Der Grund</translation>
    </message>
    <message>
        <source>The recipient</source>
        <translation>Der Empfänger</translation>
    </message>
    <message>
        <source>The recorded pictures show people. They stay on this computer, in a folder that only CamWatch&apos;s account can read, and are deleted once the audit is stored, or after 7 days.</source>
        <translation>Die aufgenommenen Bilder zeigen Personen. Sie bleiben auf diesem Computer in einem Ordner, den nur das Konto von CamWatch lesen kann, und werden gelöscht, sobald die Prüfung gespeichert ist, spätestens nach 7 Tagen.</translation>
    </message>
    <message>
        <source>The recording cannot be read</source>
        <translation>Die Aufnahme lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>The report of a day goes out on the next one.</source>
        <translation>Der Bericht eines Tages wird am nächsten Tag gesendet.</translation>
    </message>
    <message>
        <source>The report of a month goes out on the 1st of the next.</source>
        <translation>Der Bericht eines Monats wird am 1. des nächsten gesendet.</translation>
    </message>
    <message>
        <source>The report of a week goes out on the Monday after it.</source>
        <translation>Der Bericht einer Woche wird am Montag danach gesendet.</translation>
    </message>
    <message>
        <source>The report of the span that ended last is being sent</source>
        <translation>Der Bericht des zuletzt beendeten Zeitraums wird gesendet</translation>
    </message>
    <message>
        <source>The report was not saved</source>
        <translation>Der Bericht wurde nicht gespeichert</translation>
    </message>
    <message>
        <source>The result becomes the badge beside the camera&apos;s numbers.</source>
        <translation>Das Ergebnis erscheint als Plakette neben den Zahlen der Kamera.</translation>
    </message>
    <message>
        <source>The result holds for the light and the number of people that were recorded, for this view, and for the settings above. The operator may err as well: where people are close together, two operators seldom agree completely.</source>
        <translation>Das Ergebnis gilt für das aufgenommene Licht und die aufgenommene Zahl von Personen, für diese Ansicht und für die obigen Einstellungen. Auch der Bediener kann sich irren: Wo Personen dicht beieinander sind, stimmen zwei Bediener selten völlig überein.</translation>
    </message>
    <message>
        <source>The results of the audits stay.</source>
        <translation>Die Ergebnisse der Prüfungen bleiben erhalten.</translation>
    </message>
    <message>
        <source>The right choice wherever the connection leaves this computer.</source>
        <translation>Die richtige Wahl, wo immer die Verbindung diesen Computer verlässt.</translation>
    </message>
    <message>
        <source>The role</source>
        <translation>Die Rolle</translation>
    </message>
    <message>
        <source>The role here would be “{name}”.</source>
        <translation>Die Rolle hier wäre „{name}“.</translation>
    </message>
    <message>
        <source>The role instead of it</source>
        <translation>Die Rolle stattdessen</translation>
    </message>
    <message>
        <source>The role is missing.</source>
        <translation>Die Rolle fehlt.</translation>
    </message>
    <message>
        <source>The role {reason}.</source>
        <translation>Die Rolle {reason}.</translation>
    </message>
    <message>
        <source>The role “{name}” needs a second factor.</source>
        <translation>Die Rolle „{name}“ braucht einen zweiten Faktor.</translation>
    </message>
    <message>
        <source>The role “{name}” was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The roles here are {roles}.</source>
        <translation>Die Rollen hier sind {roles}.</translation>
    </message>
    <message>
        <source>The rule</source>
        <translation>Die Regel</translation>
    </message>
    <message>
        <source>The rule fired at this moment.</source>
        <translation>Die Regel hat zu diesem Zeitpunkt ausgelöst.</translation>
    </message>
    <message>
        <source>The rule is about no camera or place that is there now.</source>
        <translation>Die Regel betrifft keine Kamera und keine Stelle, die es jetzt gibt.</translation>
    </message>
    <message>
        <source>The rule is switched on</source>
        <translation>Die Regel ist eingeschaltet</translation>
    </message>
    <message>
        <source>The rule needs {least_weeks} weeks beside the one that it judges; 1 is stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule needs {least_weeks} weeks beside the one that it judges; {weeks} are stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule of this alert keeps no picture.</source>
        <translation>Die Regel dieses Alarms bewahrt kein Bild auf.</translation>
    </message>
    <message>
        <source>The rule would have had an alert open at this moment.</source>
        <translation>Die Regel hätte zu diesem Zeitpunkt einen offenen Alarm gehabt.</translation>
    </message>
    <message>
        <source>The same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample could not be started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample is being opened in a window of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sample opens in a window of its own: six simulated cameras with two months of made-up history. It lies apart from your cameras, says on every page that it is a sample, and is removed as a whole when you close its window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The search for people</source>
        <translation>Die Suche nach Personen</translation>
    </message>
    <message>
        <source>The second factor is off</source>
        <translation>Der zweite Faktor ist ausgeschaltet</translation>
    </message>
    <message>
        <source>The second line</source>
        <translation>Die zweite Linie</translation>
    </message>
    <message>
        <source>The seconds between two pictures that are fetched and counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sender</source>
        <translation>Der Absender</translation>
    </message>
    <message>
        <source>The serial number</source>
        <translation>Die Seriennummer</translation>
    </message>
    <message>
        <source>The server can be used</source>
        <translation>Der Server kann verwendet werden</translation>
    </message>
    <message>
        <source>The server makes its own copies</source>
        <translation>Der Server erstellt seine eigenen Kopien</translation>
    </message>
    <message>
        <source>The server of {place} cannot encrypt the connection ({said}).</source>
        <translation>Der Server von {place} kann die Verbindung nicht verschlüsseln ({said}).</translation>
    </message>
    <message>
        <source>The server of {place} does not accept user name and password ({said}).</source>
        <translation>Der Server von {place} nimmt Benutzername und Passwort nicht an ({said}).</translation>
    </message>
    <message>
        <source>The server of {place} does not answer.</source>
        <translation>Der Server von {place} antwortet nicht.</translation>
    </message>
    <message>
        <source>The server of {place} has no connection left for CamWatch ({said}).</source>
        <translation>Der Server von {place} hat für CamWatch keine Verbindung mehr frei ({said}).</translation>
    </message>
    <message>
        <source>The server of {place} has no memory left ({said}).</source>
        <translation>Der Server von {place} hat keinen Arbeitsspeicher mehr ({said}).</translation>
    </message>
    <message>
        <source>The server of {place} is PostgreSQL {version}.</source>
        <translation>Der Server von {place} ist PostgreSQL {version}.</translation>
    </message>
    <message>
        <source>The server of {place} is just starting or stopping ({said}).</source>
        <translation>Der Server von {place} startet oder stoppt gerade ({said}).</translation>
    </message>
    <message>
        <source>The server of {place} lets nobody in from this computer in this way ({said}).</source>
        <translation>Der Server von {place} lässt von diesem Computer aus auf diese Weise niemanden hinein ({said}).</translation>
    </message>
    <message>
        <source>The server of {place} reports an error of its disk ({said}). Ask its administrator.</source>
        <translation>Der Server von {place} meldet einen Fehler seines Datenträgers ({said}). Fragen Sie seinen Verwalter.</translation>
    </message>
    <message>
        <source>The server offers no encryption</source>
        <translation>Der Server bietet keine Verschlüsselung</translation>
    </message>
    <message>
        <source>The service answers, and refuses this user.</source>
        <translation>Der Dienst antwortet und lehnt diesen Benutzer ab.</translation>
    </message>
    <message>
        <source>The service answers. It offers no keys, so CamWatch asks the service about each token each time.</source>
        <translation>Der Dienst antwortet. Er bietet keine Schlüssel; daher fragt CamWatch den Dienst jedes Mal nach jedem Token.</translation>
    </message>
    <message>
        <source>The service answers. It offers {keys}: CamWatch checks its tokens itself against {them}. Compare the fingerprints with what the people who run the service tell you.</source>
        <translation>Der Dienst antwortet. Er bietet {keys}: CamWatch prüft seine Tokens selbst gegen {them}. Vergleichen Sie die Fingerabdrücke mit dem, was Ihnen die Betreiber des Dienstes sagen.</translation>
    </message>
    <message>
        <source>The service refuses this name or password.</source>
        <translation>Der Dienst lehnt diesen Namen oder dieses Passwort ab.</translation>
    </message>
    <message>
        <source>The service that also knows users, where there is one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings are saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings have been changed since this trial.</source>
        <translation>Die Einstellungen wurden seit diesem Test geändert.</translation>
    </message>
    <message>
        <source>The settings have been changed since.</source>
        <translation>Die Einstellungen wurden seitdem geändert.</translation>
    </message>
    <message>
        <source>The settings have been changed: test the connection to see a picture.</source>
        <translation>Die Einstellungen wurden geändert: Testen Sie die Verbindung, um ein Bild zu sehen.</translation>
    </message>
    <message>
        <source>The settings page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The share of the time that was measured. The rest is not known.</source>
        <translation>Der Anteil der Zeit, der gemessen wurde. Der Rest ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The share of this time in which passing could be counted.</source>
        <translation>Der Anteil dieser Zeit, in dem Durchgänge gezählt werden konnten.</translation>
    </message>
    <message>
        <source>The share of this time in which people were counted. Still views, whose people were taken over from the picture before, count as well.</source>
        <translation>Der Anteil dieser Zeit, in dem Personen gezählt wurden. Unbewegte Bilder, deren Personenzahl vom Bild davor übernommen wurde, zählen mit.</translation>
    </message>
    <message>
        <source>The shift began</source>
        <translation>Die Schicht begann</translation>
    </message>
    <message>
        <source>The signed report is saved</source>
        <translation>Der signierte Bericht ist gespeichert</translation>
    </message>
    <message>
        <source>The simulated cameras cannot be shown: port {port} of this computer is used by another program, perhaps by another CamWatch. Close that one and start CamWatch again, or remove the simulated cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The site</source>
        <translation>Der Standort</translation>
    </message>
    <message>
        <source>The sites</source>
        <translation>Die Standorte</translation>
    </message>
    <message>
        <source>The six digits that your device shows now.</source>
        <translation>Die sechs Ziffern, die Ihr Gerät jetzt zeigt.</translation>
    </message>
    <message>
        <source>The start</source>
        <translation>Der Anfang</translation>
    </message>
    <message>
        <source>The start is in the future.</source>
        <translation>Der Anfang liegt in der Zukunft.</translation>
    </message>
    <message>
        <source>The start of the line</source>
        <translation>Der Anfang der Linie</translation>
    </message>
    <message>
        <source>The steps</source>
        <translation>Die Schritte</translation>
    </message>
    <message>
        <source>The table of fields below is posted as a form. User name and password go along by HTTP Basic, unless the table names $secret.</source>
        <translation>Die Tabelle der Felder unten wird als Formular gesendet. Benutzername und Passwort werden per HTTP Basic mitgeschickt, außer wenn die Tabelle $secret nennt.</translation>
    </message>
    <message>
        <source>The table of fields below is put behind the address after a “?”. Choose POST where the gateway knows it: addresses end up in logs, secrets in them, too.</source>
        <translation>Die Tabelle der Felder unten wird hinter einem „?“ an die Adresse angehängt. Wählen Sie POST, wenn das Gateway es kennt: Adressen landen in Protokollen, und Geheimnisse darin auch.</translation>
    </message>
    <message>
        <source>The table of roles</source>
        <translation>Die Tabelle der Rollen</translation>
    </message>
    <message>
        <source>The table {name} differs after it was moved: the history was changed while that was broken off, or a disk fails. Move it once more to an empty place</source>
        <translation>Die Tabelle {name} ist nach der Übertragung anders: Der Verlauf wurde während einer Unterbrechung geändert, oder ein Datenträger ist fehlerhaft. Übertragen Sie ihn noch einmal an einen leeren Ort</translation>
    </message>
    <message>
        <source>The threshold of a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time after</source>
        <translation>Der Zeitraum danach</translation>
    </message>
    <message>
        <source>The time after (Alt+Right)</source>
        <translation>Die Zeit danach (Alt+Rechts)</translation>
    </message>
    <message>
        <source>The time after which still pictures are searched</source>
        <translation>Die Zeit bis zum Absuchen unbewegter Bilder</translation>
    </message>
    <message>
        <source>The time before</source>
        <translation>Der Zeitraum davor</translation>
    </message>
    <message>
        <source>The time before (Alt+Left)</source>
        <translation>Die Zeit davor (Alt+Links)</translation>
    </message>
    <message>
        <source>The time before: {mean:.1f} on average (known for {percent}).</source>
        <translation>Die Zeit davor: im Mittel {mean:.1f} (bekannt für {percent}).</translation>
    </message>
    <message>
        <source>The time between both lines</source>
        <translation>Die Zeit zwischen beiden Linien</translation>
    </message>
    <message>
        <source>The time between signs of life</source>
        <translation>Die Zeit zwischen den Lebenszeichen</translation>
    </message>
    <message>
        <source>The time between two pictures</source>
        <translation>Die Zeit zwischen zwei Bildern</translation>
    </message>
    <message>
        <source>The time for gathering</source>
        <translation>Die Zeit zum Sammeln</translation>
    </message>
    <message>
        <source>The time for turning back</source>
        <translation>Die Zeit zum Umkehren</translation>
    </message>
    <message>
        <source>The time limit</source>
        <translation>Die Zeitgrenze</translation>
    </message>
    <message>
        <source>The time machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time that steadies the shown number</source>
        <translation>Die Zeit zum Glätten der angezeigten Zahl</translation>
    </message>
    <message>
        <source>The time until CamWatch locks itself</source>
        <translation>Die Zeit bis zum Sperren von CamWatch</translation>
    </message>
    <message>
        <source>The time without the login service</source>
        <translation>Die Zeit ohne den Anmeldedienst</translation>
    </message>
    <message>
        <source>The time zone</source>
        <translation>Die Zeitzone</translation>
    </message>
    <message>
        <source>The time zone of “{name}” was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The times are not equally long ({length} and {length2}); compare their means.</source>
        <translation>Die Zeiten sind nicht gleich lang ({length} und {length2}); vergleichen Sie die Mittelwerte.</translation>
    </message>
    <message>
        <source>The token that it sent does not hold, so nobody was signed in.</source>
        <translation>Das gesendete Token ist nicht gültig; daher wurde niemand angemeldet.</translation>
    </message>
    <message>
        <source>The token that it sent was too old when it came.</source>
        <translation>Das gesendete Token war bei der Ankunft zu alt.</translation>
    </message>
    <message>
        <source>The tour ended, since you did something.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tour ended: nothing is left of what it showed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The tour ended: something needs attention.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The transport</source>
        <translation>Der Übertragungsweg</translation>
    </message>
    <message>
        <source>The trusted keys</source>
        <translation>Die vertrauenswürdigen Schlüssel</translation>
    </message>
    <message>
        <source>The unencrypted connection</source>
        <translation>Die unverschlüsselte Verbindung</translation>
    </message>
    <message>
        <source>The unusual one before</source>
        <translation>Zur vorigen ungewöhnlichen Stelle</translation>
    </message>
    <message>
        <source>The user</source>
        <translation>Der Benutzer</translation>
    </message>
    <message>
        <source>The user can no longer sign in, and all open sessions end. What the user did stays in the audit log. To keep somebody out for a while, disable the user instead.</source>
        <translation>Der Benutzer kann sich nicht mehr anmelden, und alle offenen Sitzungen enden. Was der Benutzer getan hat, bleibt im Protokoll. Um jemanden für eine Weile auszusperren, deaktivieren Sie den Benutzer stattdessen.</translation>
    </message>
    <message>
        <source>The user has this role already.</source>
        <translation>Der Benutzer hat diese Rolle schon.</translation>
    </message>
    <message>
        <source>The user is signed out there at once, and can sign in again. To keep the user out, disable the user.</source>
        <translation>Der Benutzer wird dort sofort abgemeldet und kann sich wieder anmelden. Um ihn fernzuhalten, deaktivieren Sie den Benutzer.</translation>
    </message>
    <message>
        <source>The user name</source>
        <translation>Der Benutzername</translation>
    </message>
    <message>
        <source>The user name or the password is wrong.</source>
        <translation>Der Benutzername oder das Passwort ist falsch.</translation>
    </message>
    <message>
        <source>The user of {place} may not do this ({said}).</source>
        <translation>Der Benutzer von {place} darf das nicht ({said}).</translation>
    </message>
    <message>
        <source>The user of {place} may not use the schema public.</source>
        <translation>Der Benutzer von {place} darf das Schema public nicht verwenden.</translation>
    </message>
    <message>
        <source>The user {user} may not make tables in {place}.</source>
        <translation>Der Benutzer {user} darf in {place} keine Tabellen anlegen.</translation>
    </message>
    <message>
        <source>The users page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The usual one</source>
        <translation>Der übliche</translation>
    </message>
    <message>
        <source>The usual plan</source>
        <translation>Der übliche Plan</translation>
    </message>
    <message>
        <source>The usual plan is always there. It can be changed, but not removed.</source>
        <translation>Den üblichen Plan gibt es immer. Er lässt sich ändern, aber nicht entfernen.</translation>
    </message>
    <message>
        <source>The usual size of the error would go from {value:.2f} to {value2:.2f} people.</source>
        <translation>Die übliche Größe des Fehlers ginge von {value:.2f} auf {value2:.2f} Personen.</translation>
    </message>
    <message>
        <source>The variable CAMWATCH_DETECTION_MODEL names another model, and wins.</source>
        <translation>Die Variable CAMWATCH_DETECTION_MODEL nennt ein anderes Modell und hat Vorrang.</translation>
    </message>
    <message>
        <source>The variable {name} gives this, and wins over what is said here. Take it away, and start CamWatch anew, to change it here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault cannot be used</source>
        <translation>Der Tresor ist nicht verwendbar</translation>
    </message>
    <message>
        <source>The vault is an older copy</source>
        <translation>Der Tresor ist eine ältere Kopie</translation>
    </message>
    <message>
        <source>The vault is locked</source>
        <translation>Der Tresor ist gesperrt</translation>
    </message>
    <message>
        <source>The vault is locked. Cameras that need a password wait.</source>
        <translation>Der Tresor ist gesperrt. Kameras, die ein Passwort brauchen, warten.</translation>
    </message>
    <message>
        <source>The vault is open until CamWatch closes.</source>
        <translation>Der Tresor ist offen, bis CamWatch geschlossen wird.</translation>
    </message>
    <message>
        <source>The vault {path} {reason}</source>
        <translation>Der Tresor {path} {reason}</translation>
    </message>
    <message>
        <source>The view was still, so the number of the picture before was taken over.</source>
        <translation>Das Bild war unbewegt, daher wurde die Zahl des Bildes davor übernommen.</translation>
    </message>
    <message>
        <source>The wall is saved as {file}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The walls with a mark are shown one after the other; drag them into the order you want. The tour ends when you do something, or when an alert needs you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The week</source>
        <translation>Die Woche</translation>
    </message>
    <message>
        <source>The workspace file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The workspace is saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their people are added up; the peak is an upper limit.</source>
        <translation>Ihre Personen werden zusammengezählt; die Spitze ist eine Obergrenze.</translation>
    </message>
    <message>
        <source>Their pictures come within the next seconds, on the page Live.</source>
        <translation>Ihre Bilder kommen in den nächsten Sekunden, auf der Seite „Live“.</translation>
    </message>
    <message>
        <source>Their pictures come within the next seconds.</source>
        <translation>Ihre Bilder kommen in den nächsten Sekunden.</translation>
    </message>
    <message>
        <source>Then be &amp;quiet for</source>
        <translation>&amp;Danach still für</translation>
    </message>
    <message>
        <source>Then say so below, and go on.</source>
        <translation>Bestätigen Sie es dann unten und gehen Sie weiter.</translation>
    </message>
    <message>
        <source>Then the oldest go first. When the disk is nearly full none is kept at all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then: unknown, and a gap in charts, until somebody tells who passed.</source>
        <translation>Danach: unbekannt und in Diagrammen eine Lücke, bis jemand angibt, wer durchging.</translation>
    </message>
    <message>
        <source>Then: {in_out}.</source>
        <translation>Danach: {in_out}.</translation>
    </message>
    <message>
        <source>There are faults inside the history</source>
        <translation>Im Verlauf sind Fehler</translation>
    </message>
    <message>
        <source>There are no cameras yet.</source>
        <translation>Es gibt noch keine Kameras.</translation>
    </message>
    <message>
        <source>There are no recipients yet. Add them first.</source>
        <translation>Es gibt noch keine Empfänger. Fügen Sie sie zuerst hinzu.</translation>
    </message>
    <message>
        <source>There are no rules</source>
        <translation>Es gibt keine Regeln</translation>
    </message>
    <message>
        <source>There are none yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are {count} pictures of {size}; the oldest is of {when}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a keyring on this computer by now. It can take all that the vault holds; nobody enters a passphrase then any more.</source>
        <translation>Inzwischen gibt es auf diesem Computer einen Schlüsselbund. Er kann alles aufnehmen, was der Tresor enthält; dann gibt niemand mehr eine Passphrase ein.</translation>
    </message>
    <message>
        <source>There is a vault for passwords already. Unlock it with its passphrase.</source>
        <translation>Es gibt schon einen Tresor für Passwörter. Entsperren Sie ihn mit seiner Passphrase.</translation>
    </message>
    <message>
        <source>There is no camera yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no camera yet. Add one on the page Cameras: counting begins at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no channel that is switched on, so there is nothing to prove.</source>
        <translation>Es gibt keinen eingeschalteten Kanal, daher gibt es nichts zu prüfen.</translation>
    </message>
    <message>
        <source>There is no copy of it yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no copy of the history yet. Make one, or let CamWatch run over night.</source>
        <translation>Vom Verlauf gibt es noch keine Kopie. Machen Sie eine, oder lassen Sie CamWatch über Nacht laufen.</translation>
    </message>
    <message>
        <source>There is no copy yet</source>
        <translation>Noch gibt es keine Kopie</translation>
    </message>
    <message>
        <source>There is no e-mail channel yet. Add one first.</source>
        <translation>Es gibt noch keinen E-Mail-Kanal. Fügen Sie zuerst einen hinzu.</translation>
    </message>
    <message>
        <source>There is no earlier alert.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no fault inside the history.</source>
        <translation>Im Verlauf ist kein Fehler.</translation>
    </message>
    <message>
        <source>There is no good place for a line yet: too few people walked here, or each went another way. Try again when more people have passed.</source>
        <translation>Noch gibt es keine gute Stelle für eine Linie: Zu wenige Personen gingen hier, oder jede ging einen anderen Weg. Versuchen Sie es erneut, wenn mehr Personen vorbeigekommen sind.</translation>
    </message>
    <message>
        <source>There is no history yet</source>
        <translation>Es gibt noch keinen Verlauf</translation>
    </message>
    <message>
        <source>There is no later alert.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no line yet, so nobody is let in. Add one for each role of the login service that is to come in.</source>
        <translation>Es gibt noch keine Zeile; daher wird niemand eingelassen. Fügen Sie für jede Rolle des Anmeldedienstes, die hereinkommen soll, eine hinzu.</translation>
    </message>
    <message>
        <source>There is no line, gate or zone on this camera&apos;s view.</source>
        <translation>Im Bild dieser Kamera gibt es keine Linie, kein Tor und keine Zone.</translation>
    </message>
    <message>
        <source>There is no login service</source>
        <translation>Es gibt keinen Anmeldedienst</translation>
    </message>
    <message>
        <source>There is no model “{name}” in the models folder.</source>
        <translation>Im Ordner der Modelle gibt es kein Modell „{name}“.</translation>
    </message>
    <message>
        <source>There is no moment at which your count and the program&apos;s differ.</source>
        <translation>Es gibt keinen Zeitpunkt, zu dem Ihr Zählwert und der des Programms voneinander abweichen.</translation>
    </message>
    <message>
        <source>There is no newer version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no password: an empty one is kept.</source>
        <translation>Es gibt kein Passwort: Gespeichert wird ein leeres.</translation>
    </message>
    <message>
        <source>There is no program that plays sounds. Install PipeWire, PulseAudio or ALSA&apos;s tools (pw-play, paplay or aplay), and start CamWatch again.</source>
        <translation>Es gibt kein Programm, das Töne abspielt. Installieren Sie PipeWire, PulseAudio oder die Werkzeuge von ALSA (pw-play, paplay oder aplay), und starten Sie CamWatch neu.</translation>
    </message>
    <message>
        <source>There is no role “{key}” here, so nobody is let in.</source>
        <translation>Eine Rolle „{key}“ gibt es hier nicht; daher wird niemand eingelassen.</translation>
    </message>
    <message>
        <source>There is no role “{wanted}”.</source>
        <translation>Es gibt keine Rolle „{wanted}“.</translation>
    </message>
    <message>
        <source>There is no room left for the history.</source>
        <translation>Für den Verlauf ist kein Platz mehr.</translation>
    </message>
    <message>
        <source>There is no room left for the pictures of an audit.</source>
        <translation>Für die Bilder einer Prüfung ist kein Platz mehr.</translation>
    </message>
    <message>
        <source>There is no room left on the disk of the server of {place} ({said}). Make room there.</source>
        <translation>Auf dem Datenträger des Servers von {place} ist kein Platz mehr ({said}). Schaffen Sie dort Platz.</translation>
    </message>
    <message>
        <source>There is no room left on the disk that holds {file} ({detail}). Delete or move files you no longer need.</source>
        <translation>Auf dem Datenträger von {file} ist kein Platz mehr ({detail}). Löschen oder verschieben Sie Dateien, die Sie nicht mehr brauchen.</translation>
    </message>
    <message>
        <source>There is no screen {number}, so the window is where it was. There are: {known}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no sound copy of this history.</source>
        <translation>Es gibt keine fehlerfreie Kopie dieses Verlaufs.</translation>
    </message>
    <message>
        <source>There is no step, so nobody is told.</source>
        <translation>Es gibt keinen Schritt, daher wird niemand benachrichtigt.</translation>
    </message>
    <message>
        <source>There is no user in the list</source>
        <translation>In der Liste steht kein Benutzer</translation>
    </message>
    <message>
        <source>There is no vault on this computer.</source>
        <translation>Auf diesem Computer gibt es keinen Tresor.</translation>
    </message>
    <message>
        <source>There is no vault on this computer. CamWatch offers one when a password is to be kept and there is no keyring.</source>
        <translation>Auf diesem Computer gibt es keinen Tresor. CamWatch bietet einen an, wenn ein Passwort aufbewahrt werden soll und es keinen Schlüsselbund gibt.</translation>
    </message>
    <message>
        <source>There is no wall or layout “{name}”, so what you had is shown. There are: {known}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no {file}, so the usual settings apply.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing in its file any more.</source>
        <translation>In der Datei ist nichts mehr.</translation>
    </message>
    <message>
        <source>There is nothing in the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing in this time: the file would have only its header.</source>
        <translation>In dieser Zeit gibt es nichts: Die Datei enthielte nur ihre Kopfzeile.</translation>
    </message>
    <message>
        <source>There is nothing to chart yet</source>
        <translation>Es gibt noch nichts darzustellen</translation>
    </message>
    <message>
        <source>There is nothing to find yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to judge</source>
        <translation>Es gibt nichts zu beurteilen</translation>
    </message>
    <message>
        <source>There is too little room on the disk</source>
        <translation>Auf dem Datenträger ist zu wenig Platz</translation>
    </message>
    <message>
        <source>There is too little to say</source>
        <translation>Es ist zu wenig für eine Aussage</translation>
    </message>
    <message>
        <source>There was no camera in this time.</source>
        <translation>In dieser Zeit gab es keine Kamera.</translation>
    </message>
    <message>
        <source>There was no current picture at that moment.</source>
        <translation>Zu diesem Zeitpunkt gab es kein aktuelles Bild.</translation>
    </message>
    <message>
        <source>There was too little to say how right the numbers are.</source>
        <translation>Es war zu wenig, um zu sagen, wie genau die Zahlen sind.</translation>
    </message>
    <message>
        <source>There were too many wrong passwords. You can try again in {wait}.</source>
        <translation>Es gab zu viele falsche Passwörter. Sie können es in {wait} erneut versuchen.</translation>
    </message>
    <message>
        <source>There were {truth:.0f} people in {pictures}, and the program counted {counted:.0f}.</source>
        <translation>Insgesamt {truth:.0f} Personen waren zu sehen ({pictures}), und das Programm zählte {counted:.0f}.</translation>
    </message>
    <message>
        <source>These are all the files that are saved, as they are saved: look through them, and leave out what nobody shall see. CamWatch sends them to nobody.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These are not the keys that are trusted. If the service has got new ones, compare the fingerprints, and then trust them. If not, somebody else may be answering for it.</source>
        <translation>Das sind nicht die Schlüssel, denen vertraut wird. Hat der Dienst neue bekommen, vergleichen Sie die Fingerabdrücke, und vertrauen Sie ihnen dann. Wenn nicht, antwortet vielleicht jemand anderes an seiner Stelle.</translation>
    </message>
    <message>
        <source>These keys are trusted once you save.</source>
        <translation>Diesen Schlüsseln wird vertraut, sobald Sie speichern.</translation>
    </message>
    <message>
        <source>These settings must be put right: {problems}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are being looked up …</source>
        <translation>Sie werden ermittelt …</translation>
    </message>
    <message>
        <source>They are being read.</source>
        <translation>Sie werden gelesen.</translation>
    </message>
    <message>
        <source>They are kept for so many &amp;days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are kept for so many days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are no longer watched, and their passwords are forgotten. Their history is kept: what was counted so far can still be looked at.</source>
        <translation>Sie werden nicht mehr überwacht, und ihre Passwörter werden vergessen. Ihr Verlauf bleibt: Was bisher gezählt wurde, lässt sich weiterhin ansehen.</translation>
    </message>
    <message>
        <source>They are not followed: look which one is right, and edit the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are not trusted here, so nobody was signed in. That happens when the service was set up anew, or when somebody else answers in its place.</source>
        <translation>Ihnen wird hier nicht vertraut; daher wurde niemand angemeldet. Das kommt vor, wenn der Dienst neu eingerichtet wurde oder wenn jemand anderes an seiner Stelle antwortet.</translation>
    </message>
    <message>
        <source>They are sealed when the next entry is written.</source>
        <translation>Sie werden versiegelt, wenn der nächste Eintrag geschrieben wird.</translation>
    </message>
    <message>
        <source>They are taken out of their groups, too, and hear of no alert any more.</source>
        <translation>Der Empfänger wird auch aus seinen Gruppen entfernt und erfährt von keinem Alarm mehr.</translation>
    </message>
    <message>
        <source>They cannot be read or written.</source>
        <translation>Sie können nicht gelesen oder geschrieben werden.</translation>
    </message>
    <message>
        <source>They differ now; what you choose will hold for all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They open as popups where somebody is signed in. Add a way out, such as e-mail, so that somebody hears of them who does not sit here.</source>
        <translation>Sie öffnen sich als Hinweisfenster, wo jemand angemeldet ist. Fügen Sie einen Weg nach außen hinzu, etwa E-Mail, damit auch jemand davon erfährt, der nicht hier sitzt.</translation>
    </message>
    <message>
        <source>They see the cameras of</source>
        <translation>Sie sehen die Kameras dieser Standorte</translation>
    </message>
    <message>
        <source>They stay in their folder until somebody discards them.</source>
        <translation>Sie bleiben in ihrem Ordner, bis jemand sie verwirft.</translation>
    </message>
    <message>
        <source>They take so much of the disk at most, the oldest go first, MiB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They were held back, so that you are not flooded.</source>
        <translation>Sie wurden zurückgehalten, damit es nicht zu viele auf einmal werden.</translation>
    </message>
    <message>
        <source>This address is not allowed</source>
        <translation>Diese Adresse ist nicht erlaubt</translation>
    </message>
    <message>
        <source>This alert is about no single camera.</source>
        <translation>Dieser Alarm betrifft keine einzelne Kamera.</translation>
    </message>
    <message>
        <source>This camera gives no picture now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This camera had been removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This camera has no line and no gate. Draw one on its picture first.</source>
        <translation>Diese Kamera hat keine Linie und kein Tor. Zeichnen Sie zuerst etwas davon in ihr Bild.</translation>
    </message>
    <message>
        <source>This camera only counts: no picture of it is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This camera was not set up yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cannot be done</source>
        <translation>Das ist nicht möglich</translation>
    </message>
    <message>
        <source>This cannot be saved yet</source>
        <translation>Das lässt sich noch nicht speichern</translation>
    </message>
    <message>
        <source>This cannot be stored</source>
        <translation>Das kann nicht gespeichert werden</translation>
    </message>
    <message>
        <source>This channel comes from the environment variables SMTP_HOST, SMTP_PORT, SMTP_USER and SMTP_PASSWORD with which CamWatch was started. It is changed there, by who starts the program; it can be tested here.</source>
        <translation>Dieser Kanal stammt aus den Umgebungsvariablen SMTP_HOST, SMTP_PORT, SMTP_USER und SMTP_PASSWORD, mit denen CamWatch gestartet wurde. Geändert wird er dort, von der Person, die das Programm startet; testen lässt er sich hier.</translation>
    </message>
    <message>
        <source>This channel comes from the environment variables SMTP_… with which CamWatch was started. It is changed there.</source>
        <translation>Dieser Kanal stammt aus den Umgebungsvariablen SMTP_…, mit denen CamWatch gestartet wurde. Er wird dort geändert.</translation>
    </message>
    <message>
        <source>This code is not right, or was used before. Wait for the next one, and check that your device shows the right time.</source>
        <translation>Dieser Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten, und prüfen Sie, ob die Uhr Ihres Geräts richtig geht.</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Dieser Computer</translation>
    </message>
    <message>
        <source>This computer cannot keep up since {since}: pictures come late. {advice}</source>
        <translation>Dieser Computer kommt seit {since} nicht mehr nach: Bilder kommen verspätet. {advice}</translation>
    </message>
    <message>
        <source>This computer cannot keep up; let it do less, or count fewer pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer does not fall asleep by itself while people are counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer grants CamWatch no more connections since {since}: {many} {do_not} get one. {advice}</source>
        <translation>Dieser Computer gibt CamWatch seit {since} keine weiteren Verbindungen: {many} {do_not} Bilder. {advice}</translation>
    </message>
    <message>
        <source>This computer has a keyring by now. “Vault for passwords…” in the operator menu moves all passwords from the vault into it; nobody enters the vault&apos;s passphrase then any more.</source>
        <translation>Dieser Computer hat jetzt einen Schlüsselbund. „Tresor für Passwörter…“ im Menü des Bedieners überträgt alle Passwörter aus dem Tresor dorthin; danach muss niemand mehr die Passphrase des Tresors eingeben.</translation>
    </message>
    <message>
        <source>This computer has no network since {since}: {many} cannot be reached. {advice}</source>
        <translation>Dieser Computer hat seit {since} kein Netzwerk: {many} nicht erreichbar. {advice}</translation>
    </message>
    <message>
        <source>This computer is in no private network.</source>
        <translation>Dieser Computer ist in keinem privaten Netz.</translation>
    </message>
    <message>
        <source>This computer may fall asleep, and then nobody is counted: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer may fall asleep: the settings say so, or nothing is counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer offers no keyring, so CamWatch can keep passwords in an encrypted file of its own. You enter its passphrase once after each start.</source>
        <translation>Dieser Computer bietet keinen Schlüsselbund; deshalb kann CamWatch Passwörter in einer eigenen verschlüsselten Datei aufbewahren. Sie geben ihre Passphrase nach jedem Start einmal ein.</translation>
    </message>
    <message>
        <source>This computer offers no keyring, so CamWatch has no safe place for passwords. Start the desktop&apos;s keyring (such as GNOME Keyring or KWallet), or make a vault of CamWatch&apos;s own.</source>
        <translation>Dieser Computer bietet keinen Schlüsselbund, daher hat CamWatch keinen sicheren Ort für Passwörter. Starten Sie den Schlüsselbund des Desktops (zum Beispiel GNOME-Schlüsselbund oder KWallet), oder legen Sie einen eigenen Tresor von CamWatch an.</translation>
    </message>
    <message>
        <source>This computer offers no keyring, so passwords are kept until CamWatch ends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer only beeps</source>
        <translation>Dieser Computer gibt nur Signaltöne aus</translation>
    </message>
    <message>
        <source>This computer was asleep or stopped for {whole_span}: nothing was counted in that time. The cameras are being asked again.</source>
        <translation>Dieser Computer war {whole_span} im Ruhezustand oder angehalten: In dieser Zeit wurde nichts gezählt. Die Kameras werden jetzt wieder abgefragt.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock was set back by {span}. Counting goes on; charts show that time as if it was there twice.</source>
        <translation>Die Uhr dieses Computers wurde um {span} zurückgestellt. Die Zählung läuft weiter; Diagramme zeigen diese Zeit, als hätte es sie zweimal gegeben.</translation>
    </message>
    <message>
        <source>This computer&apos;s clock was set forwards by {span}. Counting goes on; charts show a gap of that length.</source>
        <translation>Die Uhr dieses Computers wurde um {span} vorgestellt. Die Zählung läuft weiter; in Diagrammen ist eine ebenso lange Lücke zu sehen.</translation>
    </message>
    <message>
        <source>This computer&apos;s own list of users</source>
        <translation>Die Benutzerliste dieses Computers</translation>
    </message>
    <message>
        <source>This concerns all sites at once, so only a role that sees all sites can have it.</source>
        <translation>Das betrifft alle Standorte zugleich; deshalb kann es nur eine Rolle haben, die alle Standorte sieht.</translation>
    </message>
    <message>
        <source>This file is signed: a reader of PDF files that checks signatures tells whether it was changed since. The key belongs to this installation of CamWatch, which certifies itself, so the reader may call it unknown. The fingerprint of its certificate (SHA-256) is</source>
        <translation>Diese Datei ist signiert: Ein PDF-Leseprogramm, das Signaturen prüft, zeigt, ob sie seitdem geändert wurde. Der Schlüssel gehört zu dieser Installation von CamWatch, die sich selbst beglaubigt; das Leseprogramm kann ihn daher als unbekannt bezeichnen. Der Fingerabdruck des Zertifikats (SHA-256) lautet</translation>
    </message>
    <message>
        <source>This history is on a database server. Whoever runs that server copies it, such as with pg_dump. “camwatch db move” copies it into a file of this computer.</source>
        <translation>Dieser Verlauf liegt auf einem Datenbankserver. Wer diesen Server betreibt, kopiert ihn, etwa mit pg_dump. „camwatch db move“ kopiert ihn in eine Datei dieses Computers.</translation>
    </message>
    <message>
        <source>This holds for this workstation. Which alerts are heard, and when, is said by the escalation plan of each rule. Critical alerts cannot be turned off here, but muted for a while.</source>
        <translation>Das gilt für diesen Arbeitsplatz. Welche Alarme zu hören sind und wann, bestimmt der Eskalationsplan jeder Regel. Kritische Alarme lassen sich hier nicht abschalten, aber für eine Weile stummschalten.</translation>
    </message>
    <message>
        <source>This holds from now on.</source>
        <translation>Das gilt ab jetzt.</translation>
    </message>
    <message>
        <source>This holds once CamWatch is closed and opened again: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a demonstration</source>
        <translation>Das ist eine Vorführung</translation>
    </message>
    <message>
        <source>This is a drill: nothing has happened.</source>
        <translation>Dies ist ein Probealarm: Es ist nichts geschehen.</translation>
    </message>
    <message>
        <source>This is a fault of the program, not yours. What you entered is still there.</source>
        <translation>Das ist ein Fehler des Programms, nicht Ihrer. Was Sie eingegeben haben, ist noch da.</translation>
    </message>
    <message>
        <source>This is a sample</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a test that somebody has sent by hand. Alerts of CamWatch will arrive like this; nothing has happened.</source>
        <translation>Dies ist ein Test, den jemand von Hand gesendet hat. So kommen Alarme von CamWatch an; es ist nichts geschehen.</translation>
    </message>
    <message>
        <source>This is no list of cameras that can be read</source>
        <translation>Dies ist keine lesbare Liste von Kameras</translation>
    </message>
    <message>
        <source>This is no list of users that can be read</source>
        <translation>Dies ist keine lesbare Benutzerliste</translation>
    </message>
    <message>
        <source>This is no recovery code of yours, or it was used before.</source>
        <translation>Das ist keiner Ihrer Wiederherstellungscodes, oder er wurde schon benutzt.</translation>
    </message>
    <message>
        <source>This is not the passphrase of the vault.</source>
        <translation>Dies ist nicht die Passphrase des Tresors.</translation>
    </message>
    <message>
        <source>This is not your present password. Check whether Caps Lock is on.</source>
        <translation>Das ist nicht Ihr jetziges Passwort. Prüfen Sie, ob die Feststelltaste eingeschaltet ist.</translation>
    </message>
    <message>
        <source>This is over since {at}:

{title}</source>
        <translation>Vorbei seit {at}:

{title}</translation>
    </message>
    <message>
        <source>This is something that only you should be able to do in your name, even if you leave your place for a moment. You are not asked again for the next ten minutes.</source>
        <translation>Dies sollen nur Sie selbst in Ihrem Namen tun können, auch wenn Sie Ihren Platz kurz verlassen. In den nächsten zehn Minuten werden Sie nicht noch einmal gefragt.</translation>
    </message>
    <message>
        <source>This is the last administrator who can sign in, and one must stay. Give another user the role Administrator first.</source>
        <translation>Das ist der letzte Verwalter, der sich anmelden kann, und einer muss bleiben. Geben Sie zuerst einem anderen Benutzer die Rolle Verwalter.</translation>
    </message>
    <message>
        <source>This is what your camera sees now. All of it goes on in the background.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is your own account. Another administrator can do this.</source>
        <translation>Das ist Ihr eigenes Konto. Ein anderer Verwalter kann das tun.</translation>
    </message>
    <message>
        <source>This is your own account. Use “My account” in the menu at the top right.</source>
        <translation>Das ist Ihr eigenes Konto. Verwenden Sie „Mein Konto“ im Menü oben rechts.</translation>
    </message>
    <message>
        <source>This is your own account. You change your password and second factor under “My account” in the menu at the top right; for the rest ask another administrator.</source>
        <translation>Das ist Ihr eigenes Konto. Passwort und zweiten Faktor ändern Sie unter „Mein Konto“ im Menü oben rechts; für alles andere wenden Sie sich an einen anderen Verwalter.</translation>
    </message>
    <message>
        <source>This is your own session. Sign out in the menu at the top right.</source>
        <translation>Das ist Ihre eigene Sitzung. Melden Sie sich im Menü oben rechts ab.</translation>
    </message>
    <message>
        <source>This kind of file</source>
        <translation>Diese Art von Datei</translation>
    </message>
    <message>
        <source>This leads out of CamWatch and is not opened: {address}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This line may count badly</source>
        <translation>Diese Linie zählt vielleicht schlecht</translation>
    </message>
    <message>
        <source>This may take a minute.</source>
        <translation>Das kann eine Minute dauern.</translation>
    </message>
    <message>
        <source>This message proves that alerts of CamWatch arrive here. It comes once a day; if it does not, look at the page Alerts, under Channels.</source>
        <translation>Diese Nachricht zeigt, dass Alarme von CamWatch hier ankommen. Sie kommt einmal am Tag; bleibt sie aus, sehen Sie auf der Seite „Alarme“ unter „Kanäle“ nach.</translation>
    </message>
    <message>
        <source>This month</source>
        <translation>Dieser Monat</translation>
    </message>
    <message>
        <source>This needs your password</source>
        <translation>Dies erfordert Ihr Passwort</translation>
    </message>
    <message>
        <source>This picture cannot be read.</source>
        <translation>Dieses Bild lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>This picture is an easy one. Perhaps colours, scale or threshold are not what the model wants: a small file beside it can say so. Look at the frames before you use it.</source>
        <translation>Dieses Bild ist ein leichtes. Vielleicht sind Farben, Maßstab oder Schwelle nicht das, was das Modell braucht: Eine kleine Datei daneben kann es angeben. Sehen Sie sich die Rahmen an, bevor Sie es verwenden.</translation>
    </message>
    <message>
        <source>This rests on {number} pictures with {number2} people, which you or others counted in audits.</source>
        <translation>Das beruht auf {number} Bildern mit {number2} Personen, die Sie oder andere bei Prüfungen gezählt haben.</translation>
    </message>
    <message>
        <source>This role is always there, so only the second factor can be changed. Copy the role to make one of your own.</source>
        <translation>Diese Rolle gibt es immer; nur der zweite Faktor lässt sich ändern. Kopieren Sie die Rolle, um eine eigene anzulegen.</translation>
    </message>
    <message>
        <source>This role is always there. It can be copied, but not removed.</source>
        <translation>Diese Rolle gibt es immer. Sie lässt sich kopieren, aber nicht entfernen.</translation>
    </message>
    <message>
        <source>This role may do more than you, so only somebody who may do as much can change it.</source>
        <translation>Diese Rolle darf mehr als Sie; ändern kann sie nur jemand, der ebenso viel darf.</translation>
    </message>
    <message>
        <source>This rule is gone</source>
        <translation>Diese Regel gibt es nicht mehr</translation>
    </message>
    <message>
        <source>This run of CamWatch has no profile that could hold a vault.</source>
        <translation>Dieser Lauf von CamWatch hat kein Profil, das einen Tresor aufnehmen könnte.</translation>
    </message>
    <message>
        <source>This session</source>
        <translation>Diese Sitzung</translation>
    </message>
    <message>
        <source>This takes a while for a large one.</source>
        <translation>Bei einem großen Verlauf dauert das eine Weile.</translation>
    </message>
    <message>
        <source>This takes about {value} seconds, and about twice the size of the file of free room on its disk. What is counted meanwhile waits, and is saved afterwards. Then the file becomes smaller whenever much of it is deleted.</source>
        <translation>Das dauert etwa {value} Sekunden und braucht auf dem Datenträger etwa doppelt so viel freien Platz, wie die Datei groß ist. Was währenddessen gezählt wird, wartet und wird danach gespeichert. Von da an wird die Datei kleiner, sooft viel aus ihr gelöscht wird.</translation>
    </message>
    <message>
        <source>This time is not over yet: the report has the numbers until now.</source>
        <translation>Dieser Zeitraum ist noch nicht vorbei: Der Bericht enthält die Zahlen bis jetzt.</translation>
    </message>
    <message>
        <source>This time is not over: both are counted up to the same time of the clock. </source>
        <translation>Diese Zeit ist noch nicht vorbei: Beide werden bis zur gleichen Uhrzeit gezählt. </translation>
    </message>
    <message>
        <source>This user has no second factor.</source>
        <translation>Dieser Benutzer hat keinen zweiten Faktor.</translation>
    </message>
    <message>
        <source>This user may do more than you, so only somebody who may do as much can change this.</source>
        <translation>Dieser Benutzer darf mehr als Sie; ändern kann das nur jemand, der ebenso viel darf.</translation>
    </message>
    <message>
        <source>This user must choose a password at the next sign-in already.</source>
        <translation>Dieser Benutzer muss bei der nächsten Anmeldung ohnehin ein Passwort wählen.</translation>
    </message>
    <message>
        <source>This was held back for a short while, so that you are not flooded.</source>
        <translation>Dies wurde kurz zurückgehalten, damit es nicht zu viele Nachrichten auf einmal werden.</translation>
    </message>
    <message>
        <source>This week</source>
        <translation>Diese Woche</translation>
    </message>
    <message>
        <source>This year</source>
        <translation>Dieses Jahr</translation>
    </message>
    <message>
        <source>Threads that search pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>Threshold of {name}</source>
        <translation>Schwelle von {name}</translation>
    </message>
    <message>
        <source>Thu</source>
        <translation>Do</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>Donnerstag</translation>
    </message>
    <message>
        <source>Thu|Thursday</source>
        <translation>Do|Donnerstag</translation>
    </message>
    <message>
        <source>Tick &amp;all</source>
        <translation>&amp;Alle ankreuzen</translation>
    </message>
    <message>
        <source>Tick n&amp;one</source>
        <translation>&amp;Keine ankreuzen</translation>
    </message>
    <message>
        <source>Tick what is to be the same for all of them.</source>
        <translation>Kreuzen Sie an, was für alle gleich sein soll.</translation>
    </message>
    <message>
        <source>Tiles that need attention are enlarged from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tiles that need attention are only marked from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation>Nach unten neigen</translation>
    </message>
    <message>
        <source>Tilt up</source>
        <translation>Nach oben neigen</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Time after which a silent stream is opened anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time between probes after a refused password, so that the camera does not lock the account, seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time between two pi&amp;ctures</source>
        <translation>&amp;Zeit zwischen zwei Bildern</translation>
    </message>
    <message>
        <source>Time for a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time for a question to the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time for a status request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time since the alert was raised</source>
        <translation>Zeit seit dem Auslösen des Alarms</translation>
    </message>
    <message>
        <source>Time spent</source>
        <translation>Verweildauer</translation>
    </message>
    <message>
        <source>Time until a stream shows a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>Zeitzone</translation>
    </message>
    <message>
        <source>Time zone of the site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time zone of {name}</source>
        <translation>Zeitzone von {name}</translation>
    </message>
    <message>
        <source>Time zones of sites</source>
        <translation>Zeitzonen der Standorte</translation>
    </message>
    <message>
        <source>Time: {milliseconds:.0f} ms</source>
        <translation>Zeit: {milliseconds:.0f} ms</translation>
    </message>
    <message>
        <source>Time: {ms:.1f} ms a picture, {value:.0f} pictures a second</source>
        <translation>Zeit: {ms:.1f} ms pro Bild, {value:.0f} Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Uhrzeiten</translation>
    </message>
    <message>
        <source>Times count from the moment the alert is raised. The arrows let a step change its time with the one above or below.</source>
        <translation>Die Zeiten zählen ab dem Auslösen des Alarms. Mit den Pfeilen tauscht ein Schritt seine Zeit mit dem darüber oder darunter.</translation>
    </message>
    <message>
        <source>Times in which it was down</source>
        <translation>Zeiten, in denen sie ausgefallen war</translation>
    </message>
    <message>
        <source>Times of what was stored around it may be off. Switch the automatic setting of the clock on.</source>
        <translation>Die Zeiten dessen, was um diesen Zeitpunkt gespeichert wurde, können falsch sein. Schalten Sie das automatische Stellen der Uhr ein.</translation>
    </message>
    <message>
        <source>Times: {key}. Made on {day_text} {year}, {now:%H:%M}, by {name} with CamWatch.</source>
        <translation>Uhrzeiten: {key}. Erstellt am {day_text} {year}, {now:%H:%M}, von {name} mit CamWatch.</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis / An</translation>
    </message>
    <message>
        <source>To a network that is watched for intruders, a search looks like the beginning of one.</source>
        <translation>In einem Netz, das auf Eindringlinge überwacht wird, sieht eine Suche wie der Beginn eines Einbruchs aus.</translation>
    </message>
    <message>
        <source>To acknowledge</source>
        <translation>Zu quittieren</translation>
    </message>
    <message>
        <source>To put a copy back, close CamWatch and run “camwatch db restore” with the name of its file. What is there now is kept beside it. When the history is damaged, CamWatch offers the newest sound copy by itself at the next start.</source>
        <translation>Um eine Kopie zurückzuholen, schließen Sie CamWatch und führen Sie „camwatch db restore“ mit dem Namen ihrer Datei aus. Was jetzt da ist, bleibt daneben erhalten. Ist der Verlauf beschädigt, bietet CamWatch beim nächsten Start von selbst die neueste fehlerfreie Kopie an.</translation>
    </message>
    <message>
        <source>To the alert before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To the next alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To this hour of the day</source>
        <translation>Bis zu dieser Stunde des Tages</translation>
    </message>
    <message>
        <source>To which address?</source>
        <translation>An welche Adresse?</translation>
    </message>
    <message>
        <source>To which number?</source>
        <translation>An welche Nummer?</translation>
    </message>
    <message>
        <source>To {named}</source>
        <translation>An {named}</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Told</source>
        <translation>Gemeldet</translation>
    </message>
    <message>
        <source>Too easy to guess</source>
        <translation>Zu leicht zu erraten</translation>
    </message>
    <message>
        <source>Too few people</source>
        <translation>Zu wenige Personen</translation>
    </message>
    <message>
        <source>Too few pictures to count who passes</source>
        <translation>Zu wenige Bilder, um Durchgänge zu zählen</translation>
    </message>
    <message>
        <source>Too little to say</source>
        <translation>Zu wenig für eine Aussage</translation>
    </message>
    <message>
        <source>Too many (+), too few (−)</source>
        <translation>Zu viele (+), zu wenige (−)</translation>
    </message>
    <message>
        <source>Too many messages were waiting, and the oldest popups are dropped first.</source>
        <translation>Zu viele Nachrichten warteten, und die ältesten Hinweisfenster werden zuerst verworfen.</translation>
    </message>
    <message>
        <source>Too many or few, each {one_of}</source>
        <translation>Zu viele oder zu wenige, je {one_of}</translation>
    </message>
    <message>
        <source>Too many people</source>
        <translation>Zu viele Personen</translation>
    </message>
    <message>
        <source>Too slow to count</source>
        <translation>Zu langsam zum Zählen</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauerte</translation>
    </message>
    <message>
        <source>Took {these} off the shelf.</source>
        <translation>Zurückgeholt: {these}.</translation>
    </message>
    <message>
        <source>Tour held. Next: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tour of the pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tour of walls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tour of walls…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tr&amp;y</source>
        <translation>&amp;Testen</translation>
    </message>
    <message>
        <source>Tr&amp;y it</source>
        <translation>Aus&amp;probieren</translation>
    </message>
    <message>
        <source>Translating CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transport</source>
        <translation>Transport</translation>
    </message>
    <message>
        <source>Tried again by itself in {seconds}.</source>
        <translation>Neuer Versuch von selbst in {seconds}.</translation>
    </message>
    <message>
        <source>Tries</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Trust a camera&apos;s certificate</source>
        <translation>Zertifikat einer Kamera vertrauen</translation>
    </message>
    <message>
        <source>Trust the login service&apos;s keys</source>
        <translation>Den Schlüsseln des Anmeldedienstes vertrauen</translation>
    </message>
    <message>
        <source>Trust these &amp;keys</source>
        <translation>Diesen Schlüsseln &amp;vertrauen</translation>
    </message>
    <message>
        <source>Trust this certificate</source>
        <translation>Diesem Zertifikat vertrauen</translation>
    </message>
    <message>
        <source>Trusted keys of the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trusted until now</source>
        <translation>Bisher vertraut</translation>
    </message>
    <message>
        <source>Try a camera&apos;s settings</source>
        <translation>Einstellungen einer Kamera ausprobieren</translation>
    </message>
    <message>
        <source>Try a database server</source>
        <translation>Datenbankserver ausprobieren</translation>
    </message>
    <message>
        <source>Try a model</source>
        <translation>Modell ausprobieren</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Try again in a few minutes. If it stays so, tell who runs it.</source>
        <translation>Versuchen Sie es in einigen Minuten erneut. Bleibt es so, sagen Sie dem Betreiber Bescheid.</translation>
    </message>
    <message>
        <source>Try again in a few minutes. {local}</source>
        <translation>Versuchen Sie es in einigen Minuten erneut. {local}</translation>
    </message>
    <message>
        <source>Try again in a minute. If it stays so, check address, port and encryption: a wrong pair of these often looks like this.</source>
        <translation>Versuchen Sie es in einer Minute erneut. Bleibt es so, prüfen Sie Adresse, Port und Verschlüsselung: Passen diese nicht zusammen, sieht es oft so aus.</translation>
    </message>
    <message>
        <source>Try again in a moment, or ask for a shorter time.</source>
        <translation>Versuchen Sie es gleich noch einmal, oder fragen Sie nach einer kürzeren Zeit.</translation>
    </message>
    <message>
        <source>Try again in a moment. {log}</source>
        <translation>Versuchen Sie es gleich noch einmal. {log}</translation>
    </message>
    <message>
        <source>Try again; capitals and blanks count.</source>
        <translation>Versuchen Sie es erneut; auf Großbuchstaben und Leerzeichen kommt es an.</translation>
    </message>
    <message>
        <source>Try another word, or part of a name, place or address, or another filter.</source>
        <translation>Versuchen Sie ein anderes Wort, einen Teil von Name, Ort oder Adresse oder einen anderen Filter.</translation>
    </message>
    <message>
        <source>Try another word, or show all settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try another word, or take the filters away.</source>
        <translation>Versuchen Sie ein anderes Wort, oder heben Sie die Filter auf.</translation>
    </message>
    <message>
        <source>Try another word, or “Show all”.</source>
        <translation>Versuchen Sie ein anderes Wort oder „Alle zeigen“.</translation>
    </message>
    <message>
        <source>Try part of a name or of a role, or another filter.</source>
        <translation>Versuchen Sie es mit einem Teil eines Namens oder einer Rolle, oder mit einem anderen Filter.</translation>
    </message>
    <message>
        <source>Try the camera before you save it: one picture is fetched.</source>
        <translation>Testen Sie die Kamera, bevor Sie speichern: Ein Bild wird abgerufen.</translation>
    </message>
    <message>
        <source>Try the login service</source>
        <translation>Anmeldedienst ausprobieren</translation>
    </message>
    <message>
        <source>Try the service</source>
        <translation>Dienst ausprobieren</translation>
    </message>
    <message>
        <source>Trying now</source>
        <translation>Versuch läuft</translation>
    </message>
    <message>
        <source>Trying to reach the server…</source>
        <translation>Verbindung zum Server wird versucht…</translation>
    </message>
    <message>
        <source>Tue</source>
        <translation>Di</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>Dienstag</translation>
    </message>
    <message>
        <source>Tue|Tuesday</source>
        <translation>Di|Dienstag</translation>
    </message>
    <message>
        <source>Twilio, or one that is asked like it</source>
        <translation>Twilio oder ein Gateway, das genauso angesprochen wird</translation>
    </message>
    <message>
        <source>Two letters, such as DE, FR or US.</source>
        <translation>Zwei Buchstaben, etwa DE, FR oder US.</translation>
    </message>
    <message>
        <source>Two people who stay for five minutes make ten people-minutes.</source>
        <translation>Zwei Personen, die fünf Minuten bleiben, ergeben zehn Personenminuten.</translation>
    </message>
    <message>
        <source>Two programs got in each other&apos;s way in {place} ({said}). Try again.</source>
        <translation>Zwei Programme kamen sich in die Quere, in {place} ({said}). Versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Type how many people are in this picture.</source>
        <translation>Tippen Sie ein, wie viele Personen in diesem Bild sind.</translation>
    </message>
    <message>
        <source>Type the number again whenever it changes. It holds until the next one.</source>
        <translation>Tippen Sie die Zahl neu ein, sobald sie sich ändert. Sie gilt bis zur nächsten.</translation>
    </message>
    <message>
        <source>UDP (for old cameras)</source>
        <translation>UDP (für alte Kameras)</translation>
    </message>
    <message>
        <source>USB camera</source>
        <translation>USB-Kamera</translation>
    </message>
    <message>
        <source>Unacknowledged</source>
        <translation>Nicht quittiert</translation>
    </message>
    <message>
        <source>Under which its author gives it away</source>
        <translation>Unter welcher sein Urheber es weitergibt</translation>
    </message>
    <message>
        <source>Understood</source>
        <translation>Verstanden</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undo (Ctrl+Z)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo the last change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo; with Shift redo</source>
        <translation>Rückgängig; mit Umschalt wiederholen</translation>
    </message>
    <message>
        <source>Unit of the time</source>
        <translation>Einheit der Zeit</translation>
    </message>
    <message>
        <source>Unlock CamWatch to see it.</source>
        <translation>Entsperren Sie CamWatch, um ihn zu sehen.</translation>
    </message>
    <message>
        <source>Unlock the keyring of this computer.</source>
        <translation>Entsperren Sie den Schlüsselbund dieses Computers.</translation>
    </message>
    <message>
        <source>Unlock the keyring or the vault, or enter the password again.</source>
        <translation>Entsperren Sie den Schlüsselbund oder den Tresor, oder geben Sie das Passwort noch einmal ein.</translation>
    </message>
    <message>
        <source>Unlock the keyring, and enter their passwords again. The audit log names them all.</source>
        <translation>Entsperren Sie den Schlüsselbund, und geben Sie ihre Passwörter noch einmal ein. Das Protokoll nennt sie alle.</translation>
    </message>
    <message>
        <source>Unlock the place where this computer keeps passwords.</source>
        <translation>Entsperren Sie den Ort, an dem dieser Computer Passwörter aufbewahrt.</translation>
    </message>
    <message>
        <source>Unlock the session</source>
        <translation>Sitzung entsperren</translation>
    </message>
    <message>
        <source>Unlock the vault</source>
        <translation>Tresor entsperren</translation>
    </message>
    <message>
        <source>Unlock the vault for passwords</source>
        <translation>Tresor für Passwörter entsperren</translation>
    </message>
    <message>
        <source>Unlock the vault with its passphrase.</source>
        <translation>Entsperren Sie den Tresor mit seiner Passphrase.</translation>
    </message>
    <message>
        <source>Unlock the vault…</source>
        <translation>Tresor entsperren…</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Nicht gespeicherte Änderungen</translation>
    </message>
    <message>
        <source>Unshelve</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Untick this for somebody who is on leave: plans go on without them.</source>
        <translation>Schalten Sie das für jemanden aus, der im Urlaub ist: Pläne laufen dann ohne diese Person weiter.</translation>
    </message>
    <message>
        <source>Untick this to keep the plan without sending anything.</source>
        <translation>Ohne Häkchen bleibt der Plan erhalten, ohne dass etwas gesendet wird.</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>Until then everything goes on as it is. What was recorded so far stays where it is; “camwatch db move” takes it along.</source>
        <translation>Bis dahin bleibt alles, wie es ist. Was bisher aufgezeichnet wurde, bleibt, wo es ist; „camwatch db move“ nimmt es mit.</translation>
    </message>
    <message>
        <source>Unusable picture</source>
        <translation>Unbrauchbares Bild</translation>
    </message>
    <message>
        <source>Unusually few for this hour</source>
        <translation>Ungewöhnlich wenige für diese Stunde</translation>
    </message>
    <message>
        <source>Unusually many for this hour</source>
        <translation>Ungewöhnlich viele für diese Stunde</translation>
    </message>
    <message>
        <source>Up to four million rows.</source>
        <translation>Bis zu vier Millionen Zeilen.</translation>
    </message>
    <message>
        <source>Use a recovery code instead</source>
        <translation>Stattdessen einen Wiederherstellungscode verwenden</translation>
    </message>
    <message>
        <source>Use from the &amp;next start…</source>
        <translation>Ab dem &amp;nächsten Start verwenden…</translation>
    </message>
    <message>
        <source>Use https, or allow Basic sign-in in the camera&apos;s settings.</source>
        <translation>Verwenden Sie https, oder erlauben Sie die Anmeldung „Basic“ in den Einstellungen der Kamera.</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>Verwenden</translation>
    </message>
    <message>
        <source>Use it all the same</source>
        <translation>Trotzdem verwenden</translation>
    </message>
    <message>
        <source>Use the certainty set for the whole &amp;program</source>
        <translation>Die Gewissheit verwenden, die für das ganze &amp;Programm gilt</translation>
    </message>
    <message>
        <source>Use the code of the device</source>
        <translation>Den Code des Geräts verwenden</translation>
    </message>
    <message>
        <source>Use the name that stands in the certificate, or ask your administrator whether this is the right server.</source>
        <translation>Verwenden Sie den Namen, der im Zertifikat steht, oder fragen Sie Ihren Verwalter, ob dies der richtige Server ist.</translation>
    </message>
    <message>
        <source>Use this address</source>
        <translation>Diese Adresse verwenden</translation>
    </message>
    <message>
        <source>Use this older copy</source>
        <translation>Diese ältere Kopie verwenden</translation>
    </message>
    <message>
        <source>Use {name} all the same?</source>
        <translation>{name} trotzdem verwenden?</translation>
    </message>
    <message>
        <source>Use {suggested:.2f}…</source>
        <translation>{suggested:.2f} verwenden…</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>User guide</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User name</source>
        <translation>Benutzername</translation>
    </message>
    <message>
        <source>User name or password was refused</source>
        <translation>Der Benutzername oder das Passwort wurde abgelehnt</translation>
    </message>
    <message>
        <source>User name, if you like</source>
        <translation>Benutzername, wenn Sie möchten</translation>
    </message>
    <message>
        <source>User of the database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User of this list</source>
        <translation>Benutzer dieser Liste</translation>
    </message>
    <message>
        <source>Users</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>Users of the list</source>
        <translation>Benutzer der Liste</translation>
    </message>
    <message>
        <source>Users that an administrator of this computer has added</source>
        <translation>Benutzer, die ein Verwalter dieses Computers hinzugefügt hat</translation>
    </message>
    <message>
        <source>Users that {login_service} knows</source>
        <translation>Benutzer, die {login_service} kennt</translation>
    </message>
    <message>
        <source>Users, roles, sites and sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Usually {usual}.</source>
        <translation>Üblich ist {usual}.</translation>
    </message>
    <message>
        <source>Usually {usual}; {port} usually goes with {others}.</source>
        <translation>Üblich ist {usual}; {port} gehört üblicherweise zu {others}.</translation>
    </message>
    <message>
        <source>Valid</source>
        <translation>Gültig</translation>
    </message>
    <message>
        <source>Valid until {whole_moment}</source>
        <translation>Gültig bis {whole_moment}</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Value, such as $to</source>
        <translation>Wert, etwa $to</translation>
    </message>
    <message>
        <source>Vault for passwords</source>
        <translation>Tresor für Passwörter</translation>
    </message>
    <message>
        <source>Vault for passwords…</source>
        <translation>Tresor für Passwörter…</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Versions and computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Very good</source>
        <translation>Sehr gut</translation>
    </message>
    <message>
        <source>Video in the browser (MJPEG)</source>
        <translation>Video im Browser (MJPEG)</translation>
    </message>
    <message>
        <source>Videos and pictures (*.mp4 *.mkv *.avi *.mov *.m4v *.webm *.ts *.mjpg *.mjpeg *.jpg *.jpeg *.png);;All files (*)</source>
        <translation>Videos und Bilder (*.mp4 *.mkv *.avi *.mov *.m4v *.webm *.ts *.mjpg *.mjpeg *.jpg *.jpeg *.png);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>View only</source>
        <translation>Nur Ansicht</translation>
    </message>
    <message>
        <source>View only. {whole}</source>
        <translation>Nur Ansicht. {whole}</translation>
    </message>
    <message>
        <source>View only: nobody is counted</source>
        <translation>Nur Ansicht: Niemand wird gezählt</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Ansichten</translation>
    </message>
    <message>
        <source>Visits</source>
        <translation>Besuche</translation>
    </message>
    <message>
        <source>Visits by the hour in which they began, from 00:00 on the left to 24:00 on the right.</source>
        <translation>Besuche nach der Stunde, in der sie begannen, von 00:00 links bis 24:00 rechts.</translation>
    </message>
    <message>
        <source>Volume: {word}</source>
        <translation>Lautstärke: {word}</translation>
    </message>
    <message>
        <source>Wait at most</source>
        <translation>Höchstens warten</translation>
    </message>
    <message>
        <source>Wait, and try again then. {local}</source>
        <translation>Warten Sie, und versuchen Sie es dann erneut. {local}</translation>
    </message>
    <message>
        <source>Wait.</source>
        <translation>Bitte warten.</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartend</translation>
    </message>
    <message>
        <source>Waiting for the answers …</source>
        <translation>Warten auf die Antworten …</translation>
    </message>
    <message>
        <source>Waiting for the first person …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the first picture …</source>
        <translation>Warten auf das erste Bild …</translation>
    </message>
    <message>
        <source>Waiting for the last counts …</source>
        <translation>Warten auf die letzten Zählwerte …</translation>
    </message>
    <message>
        <source>Waiting for the next picture</source>
        <translation>Wartet auf das nächste Bild</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Waits to be saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Walks</source>
        <translation>Wege</translation>
    </message>
    <message>
        <source>Wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wall: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Walls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Walls (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Walls of the tour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>Ansehen</translation>
    </message>
    <message>
        <source>Watched</source>
        <translation>Überwacht</translation>
    </message>
    <message>
        <source>Watches for</source>
        <translation>Achtet auf</translation>
    </message>
    <message>
        <source>Way</source>
        <translation>Weg</translation>
    </message>
    <message>
        <source>Ways of people are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation>Webhook</translation>
    </message>
    <message>
        <source>Webhooks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wed</source>
        <translation>Mi</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>Mittwoch</translation>
    </message>
    <message>
        <source>Wed|Wednesday</source>
        <translation>Mi|Mittwoch</translation>
    </message>
    <message>
        <source>Week</source>
        <translation>Woche</translation>
    </message>
    <message>
        <source>Weekends</source>
        <translation>Wochenenden</translation>
    </message>
    <message>
        <source>Weeks of &amp;history it needs</source>
        <translation>Benötigte Wochen an Verlau&amp;f</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome to CamWatch</source>
        <translation>Willkommen bei CamWatch</translation>
    </message>
    <message>
        <source>Wh&amp;ere</source>
        <translation>W&amp;o</translation>
    </message>
    <message>
        <source>Wh&amp;y, why not…</source>
        <translation>&amp;Warum, warum nicht…</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What CamWatch is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What alerts keep and send.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What came back is no answer of a login service, so nobody was signed in.</source>
        <translation>Was zurückkam, ist keine Antwort eines Anmeldedienstes; daher wurde niemand angemeldet.</translation>
    </message>
    <message>
        <source>What came back is no answer that CamWatch understands.</source>
        <translation>Was zurückkam, ist keine Antwort, die CamWatch versteht.</translation>
    </message>
    <message>
        <source>What comes of it stands below the list in a moment.</source>
        <translation>Was daraus wird, steht gleich unter der Liste.</translation>
    </message>
    <message>
        <source>What concerns the whole program, such as users and storage, they cannot do at all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What could be read is the history from now on.</source>
        <translation>Was sich lesen ließ, ist von jetzt an der Verlauf.</translation>
    </message>
    <message>
        <source>What do you want to check?</source>
        <translation>Was möchten Sie prüfen?</translation>
    </message>
    <message>
        <source>What each thread is doing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What goes wrong in the program is not stored, so this rule cannot be rehearsed.</source>
        <translation>Fehler im Programm werden nicht gespeichert; daher ist für diese Regel kein Probelauf möglich.</translation>
    </message>
    <message>
        <source>What goes wrong, and what you see then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happens then</source>
        <translation>Was dann geschieht</translation>
    </message>
    <message>
        <source>What is charted</source>
        <translation>Was dargestellt wird</translation>
    </message>
    <message>
        <source>What is counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is counted cannot be saved.</source>
        <translation>Was gezählt wird, kann nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>What is counted in its view ({sequence_of})</source>
        <translation>Was in ihrem Bild gezählt wird ({sequence_of})</translation>
    </message>
    <message>
        <source>What is counted is saved, last at {clock_time}.</source>
        <translation>Was gezählt wird, wird gespeichert, zuletzt um {clock_time}.</translation>
    </message>
    <message>
        <source>What is deleted cannot be brought back. Sums of hours and days stay much longer than single measurements, and need little room.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is drawn</source>
        <translation>Was gezeichnet ist</translation>
    </message>
    <message>
        <source>What is in it</source>
        <translation>Was er enthält</translation>
    </message>
    <message>
        <source>What is known of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is marked as holding after CamWatch is closed and opened again changes nothing until then. A variable of the environment wins over what is saved here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is older is deleted each night, the finest numbers first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is posted, for example:</source>
        <translation>Was gesendet wird, zum Beispiel:</translation>
    </message>
    <message>
        <source>What is sent</source>
        <translation>Was gesendet wird</translation>
    </message>
    <message>
        <source>What is stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is this? {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is too old is being deleted; that goes on while you do something else.</source>
        <translation>Was zu alt ist, wird gelöscht; das läuft weiter, während Sie etwas anderes tun.</translation>
    </message>
    <message>
        <source>What is too old is deleted in small steps, at night and after each change here. Recording never waits for it.</source>
        <translation>Was zu alt ist, wird in kleinen Schritten gelöscht, nachts und nach jeder Änderung hier. Die Aufzeichnung wartet nie darauf.</translation>
    </message>
    <message>
        <source>What is usual is known by the hour at most: choose shorter steps.</source>
        <translation>Was üblich ist, ist höchstens je Stunde bekannt: Wählen Sie kürzere Schritte.</translation>
    </message>
    <message>
        <source>What is written into the log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>Was nicht stimmt</translation>
    </message>
    <message>
        <source>What it computes in, and by which engine</source>
        <translation>Worin es rechnet und mit welcher Laufzeitumgebung</translation>
    </message>
    <message>
        <source>What it is about</source>
        <translation>Worum es geht</translation>
    </message>
    <message>
        <source>What it is about ({count})</source>
        <translation>Worum es geht ({count})</translation>
    </message>
    <message>
        <source>What it is about:</source>
        <translation>Worum es geht:</translation>
    </message>
    <message>
        <source>What its users may do, and whose cameras they see. A change counts from the next click on.</source>
        <translation>Was ihre Benutzer dürfen und wessen Kameras sie sehen. Eine Änderung gilt ab dem nächsten Klick.</translation>
    </message>
    <message>
        <source>What may be seen of people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What may be seen of people on cameras that are added from now on: open, blurred, silhouettes, count_only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What names the user&apos;s roles in a token.</source>
        <translation>Was in einem Token die Rollen des Benutzers nennt.</translation>
    </message>
    <message>
        <source>What operators call it; empty for its host name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What operators do from now on stands here.</source>
        <translation>Was Bediener von jetzt an tun, steht hier.</translation>
    </message>
    <message>
        <source>What operators see on the tab for signing in. Empty: its host name.</source>
        <translation>Was Bediener auf dem Reiter zum Anmelden sehen. Leer: der Hostname.</translation>
    </message>
    <message>
        <source>What people corrected in this time</source>
        <translation>Was in dieser Zeit korrigiert wurde</translation>
    </message>
    <message>
        <source>What people corrected is in the numbers; else they are as measured.</source>
        <translation>Die Zahlen enthalten, was von Hand korrigiert wurde; sonst sind sie wie gemessen.</translation>
    </message>
    <message>
        <source>What people said of numbers that were counted wrongly; it is in the numbers.</source>
        <translation>Was zu falsch gezählten Zahlen angegeben wurde; in den Zahlen ist es berücksichtigt.</translation>
    </message>
    <message>
        <source>What raises alerts, and whom they are sent to and how.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What stands behind the @ of its addresses.</source>
        <translation>Was hinter dem @ seiner Adressen steht.</translation>
    </message>
    <message>
        <source>What support needs: look through it, then save it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the cameras see now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the file would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the program counted stays hidden until you are done.</source>
        <translation>Was das Programm gezählt hat, bleibt verborgen, bis Sie fertig sind.</translation>
    </message>
    <message>
        <source>What this is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What wants somebody, and the rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was changed</source>
        <translation>Was geändert wurde</translation>
    </message>
    <message>
        <source>What was counted</source>
        <translation>Was gezählt wurde</translation>
    </message>
    <message>
        <source>What was counted and saved until then is still there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was counted in the last moments before CamWatch ended is missing.</source>
        <translation>Was in den letzten Augenblicken vor dem Ende von CamWatch gezählt wurde, fehlt.</translation>
    </message>
    <message>
        <source>What was done is being undone …</source>
        <translation>Was getan wurde, wird rückgängig gemacht …</translation>
    </message>
    <message>
        <source>What was drawn since it was last saved would be lost.</source>
        <translation>Was seit dem letzten Speichern gezeichnet wurde, ginge verloren.</translation>
    </message>
    <message>
        <source>What was entered cannot be used.</source>
        <translation>Was eingegeben wurde, ist nicht verwendbar.</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <source>What was measured is never changed: a correction lies over it, with your name and reason, and can be withdrawn at any time.</source>
        <translation>Gemessenes wird nie geändert: Eine Korrektur liegt darüber, mit Ihrem Namen und Grund, und kann jederzeit zurückgenommen werden.</translation>
    </message>
    <message>
        <source>What was really there and what was counted, over time</source>
        <translation>Was wirklich da war und was gezählt wurde, im Zeitverlauf</translation>
    </message>
    <message>
        <source>What would be deleted</source>
        <translation>Was gelöscht würde</translation>
    </message>
    <message>
        <source>What you counted is not saved</source>
        <translation>Was Sie gezählt haben, ist nicht gespeichert</translation>
    </message>
    <message>
        <source>What you look for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you want to be told of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you want to be told of, and a proof that it reaches you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What {value} said of you earlier: it is away, so users and security cannot be managed</source>
        <translation>Was {value} früher über Sie gesagt hat: Zurzeit ist keine Verbindung möglich, daher lassen sich Benutzer und Sicherheit nicht verwalten</translation>
    </message>
    <message>
        <source>What “{breakable}” does next is judged by the new role, also where the user is signed in already.</source>
        <translation>Was „{breakable}“ als Nächstes tut, wird nach der neuen Rolle beurteilt, auch wo der Benutzer schon angemeldet ist.</translation>
    </message>
    <message>
        <source>What, and who did what</source>
        <translation>Was, und wer was getan hat</translation>
    </message>
    <message>
        <source>Whatever you choose, nothing is deleted: the damaged file is kept under another name.</source>
        <translation>Was Sie auch wählen, gelöscht wird nichts: Die beschädigte Datei bleibt unter einem anderen Namen erhalten.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>When a day, week or month is over, its report goes by e-mail as a PDF file. One that was missed, since CamWatch was not running, is sent later and says so.</source>
        <translation>Wenn ein Tag, eine Woche oder ein Monat vorbei ist, wird der Bericht per E-Mail als PDF-Datei gesendet. Wurde einer versäumt, weil CamWatch nicht lief, wird er später gesendet und weist darauf hin.</translation>
    </message>
    <message>
        <source>When a rule is on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When an alert is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When and why it was down</source>
        <translation>Wann und warum sie ausgefallen war</translation>
    </message>
    <message>
        <source>When it is &amp;on</source>
        <translation>Wann sie &amp;gilt</translation>
    </message>
    <message>
        <source>When it is over</source>
        <translation>Wenn es vorbei ist</translation>
    </message>
    <message>
        <source>When it went into its state</source>
        <translation>Seit wann sie in ihrem Zustand ist</translation>
    </message>
    <message>
        <source>When saving fails</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When somebody passes the &amp;line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When the &amp;camera goes down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When the &amp;zone is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When there are too &amp;many people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Where a camera counted wrongly, such as with a dirty lens, its numbers can be left out; where people were counted by hand, the difference can be added.</source>
        <translation>Wo eine Kamera falsch gezählt hat, etwa mit schmutzigem Objektiv, lassen sich ihre Zahlen auslassen; wo Personen von Hand gezählt wurden, lässt sich der Unterschied hinzufügen.</translation>
    </message>
    <message>
        <source>Where a computer has no keyring, CamWatch keeps passwords in an encrypted file of its own: the vault. Its passphrase is asked for once after each start.</source>
        <translation>Wo ein Computer keinen Schlüsselbund hat, bewahrt CamWatch Passwörter in einer eigenen verschlüsselten Datei auf: dem Tresor. Nach seiner Passphrase wird nach jedem Start einmal gefragt.</translation>
    </message>
    <message>
        <source>Where else you were signed in, you are signed out.</source>
        <translation>Wo Sie sonst noch angemeldet waren, sind Sie jetzt abgemeldet.</translation>
    </message>
    <message>
        <source>Where it &amp;is</source>
        <translation>&amp;Ort</translation>
    </message>
    <message>
        <source>Where it asks: the https address of a signed file; empty for nowhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it hangs</source>
        <translation>Wo sie hängt</translation>
    </message>
    <message>
        <source>Where it hangs.</source>
        <translation>Wo sie hängt.</translation>
    </message>
    <message>
        <source>Where nothing was measured there is a gap, never a nought. The strip below says how much of the time was covered: a total with little coverage is too low.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where passwords are kept on a computer without a keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people are</source>
        <translation>Wo Personen sind</translation>
    </message>
    <message>
        <source>Where people are – {name}</source>
        <translation>Wo Personen sind – {name}</translation>
    </message>
    <message>
        <source>Where people are, and how long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people get lost</source>
        <translation>Wo Personen verloren gehen</translation>
    </message>
    <message>
        <source>Where people stood, by their feet.</source>
        <translation>Wo Personen standen, nach ihren Füßen.</translation>
    </message>
    <message>
        <source>Where people walk</source>
        <translation>Wo Personen gehen</translation>
    </message>
    <message>
        <source>Where people were</source>
        <translation>Wo Personen waren</translation>
    </message>
    <message>
        <source>Where people were is kept for so many days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where secrets are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where something is found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the daily copies are; empty is a folder of the profile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the history is, and how it is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the login service&apos;s roles are mapped to this one, nobody is let in by that line any more; change it under “Login service…”.</source>
        <translation>Wo Rollen des Anmeldedienstes dieser Rolle zugeordnet sind, lässt diese Zeile niemanden mehr ein; ändern Sie sie unter „Anmeldedienst…“.</translation>
    </message>
    <message>
        <source>Where they differ</source>
        <translation>Abweichungen</translation>
    </message>
    <message>
        <source>Where to</source>
        <translation>Wohin</translation>
    </message>
    <message>
        <source>Where you are known</source>
        <translation>Wo Sie bekannt sind</translation>
    </message>
    <message>
        <source>Whether CamWatch asks for news of them; it never installs one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether it can count</source>
        <translation>Ob es zählen kann</translation>
    </message>
    <message>
        <source>Whether it counts too many or too few on the whole cannot be told from this.</source>
        <translation>Ob insgesamt zu viele oder zu wenige gezählt werden, lässt sich daraus nicht ablesen.</translation>
    </message>
    <message>
        <source>Whether one is kept cannot be told: the keyring does not answer now. Leave this empty to keep what is there.</source>
        <translation>Ob eines gespeichert ist, lässt sich nicht sagen: Der Schlüsselbund antwortet zurzeit nicht. Lassen Sie das Feld leer, um zu behalten, was da ist.</translation>
    </message>
    <message>
        <source>Whether there is a newer version is not known: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which</source>
        <translation>Betrifft</translation>
    </message>
    <message>
        <source>Which family of networks it belongs to</source>
        <translation>Zu welcher Familie von Netzen es gehört</translation>
    </message>
    <message>
        <source>Which model finds people, and models of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which of them is drawn</source>
        <translation>Was davon gezeichnet wird</translation>
    </message>
    <message>
        <source>Which role here each of those names stands for, as NAME = ROLE; without a match nobody is let in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which role would it be?</source>
        <translation>Welche Rolle wäre es?</translation>
    </message>
    <message>
        <source>Which role would somebody have whose token holds these names?</source>
        <translation>Welche Rolle hätte jemand, dessen Token diese Namen enthält?</translation>
    </message>
    <message>
        <source>Which time</source>
        <translation>Welche Zeit</translation>
    </message>
    <message>
        <source>Which wa&amp;y</source>
        <translation>Welche &amp;Richtung</translation>
    </message>
    <message>
        <source>While arranging</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While drawing</source>
        <translation>Beim Zeichnen</translation>
    </message>
    <message>
        <source>While it is away, &amp;for</source>
        <translation>Bei Aus&amp;fall, für</translation>
    </message>
    <message>
        <source>While it is away, only those can sign in whom it let in on this computer shortly before, with the same name and password.</source>
        <translation>Solange er nicht erreichbar ist, können sich nur diejenigen anmelden, die er kurz zuvor an diesem Computer eingelassen hat, mit demselben Namen und Passwort.</translation>
    </message>
    <message>
        <source>While it is away, operators it let in may sign in for so long; 0 for not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While it is off nothing is raised. An alert that is open goes on, and returns when its cause is over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While nothing moves, people are not looked for in each picture, only so often.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While nothing moves, people found before are taken over. 0 searches every picture.</source>
        <translation>Solange sich nichts bewegt, werden früher gefundene Personen übernommen. 0 durchsucht jedes Bild.</translation>
    </message>
    <message>
        <source>While the service is away, users whom it let in before may sign in for so long, with fewer rights.</source>
        <translation>Solange der Dienst nicht erreichbar ist, dürfen sich Benutzer, die er zuvor eingelassen hat, so lange anmelden, mit weniger Rechten.</translation>
    </message>
    <message>
        <source>While the wall shows the past</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Who came in, less who went out since midnight, is so many or fewer.</source>
        <translation>Wer seit Mitternacht hineinging, abzüglich derer, die hinausgingen: so viele oder weniger.</translation>
    </message>
    <message>
        <source>Who changed what, and when</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who did what</source>
        <translation>Wer tat was</translation>
    </message>
    <message>
        <source>Who did what, newest first</source>
        <translation>Wer tat was, Neuestes zuerst</translation>
    </message>
    <message>
        <source>Who did what: the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who hears when</source>
        <translation>Wer wann davon erfährt</translation>
    </message>
    <message>
        <source>Who hears when: {name}</source>
        <translation>Wer wann davon erfährt: {name}</translation>
    </message>
    <message>
        <source>Who is signed in now, on which computer. A session ends by itself after the time set under “Security…”; disabling a user ends all sessions of that user.</source>
        <translation>Wer jetzt angemeldet ist und an welchem Computer. Eine Sitzung endet von selbst nach der Zeit, die unter „Sicherheit…“ eingestellt ist; wird ein Benutzer deaktiviert, enden alle seine Sitzungen.</translation>
    </message>
    <message>
        <source>Who is to&amp;ld</source>
        <translation>Wer bena&amp;chrichtigt wird</translation>
    </message>
    <message>
        <source>Who its tokens must be from (iss). Empty: the address.</source>
        <translation>Von wem seine Tokens stammen müssen (iss). Leer: die Adresse.</translation>
    </message>
    <message>
        <source>Who its tokens must be from (iss); empty for its address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who may do what</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who may sign in, with which role, and who is signed in now. A role says what its users may do, and which sites they see.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who owns that database.</source>
        <translation>Wem diese Datenbank gehört.</translation>
    </message>
    <message>
        <source>Who passed</source>
        <translation>Wer durchging</translation>
    </message>
    <message>
        <source>Who passes the line, or stands in the zone, is counted there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who passes, and who stands where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who signs in there; the password is in the keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who takes care</source>
        <translation>Wer sich kümmert</translation>
    </message>
    <message>
        <source>Who takes care of it?</source>
        <translation>Wer kümmert sich darum?</translation>
    </message>
    <message>
        <source>Whoever &amp;turns back within this time counts as nothing</source>
        <translation>Wer in dieser Zeit &amp;umkehrt, zählt nicht</translation>
    </message>
    <message>
        <source>Whoever listens in the network reads the alerts and can change them on the way. The signature shows a change, if there is a secret.</source>
        <translation>Wer im Netz mithört, liest die Alarme und kann sie unterwegs ändern. Die Signatur zeigt eine Änderung, wenn es ein Geheimnis gibt.</translation>
    </message>
    <message>
        <source>Whoever listens in the network reads the messages, the numbers and the password.</source>
        <translation>Wer im Netz mithört, liest die Nachrichten, die Nummern und das Passwort.</translation>
    </message>
    <message>
        <source>Whoever looks after this computer installs it; CamWatch never does by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever signed in through it is signed out and cannot sign in any more. Users of this list can. The list of roles is kept, should the service be set up again.</source>
        <translation>Wer sich über ihn angemeldet hat, wird abgemeldet und kann sich nicht mehr anmelden. Benutzer dieser Liste können es. Die Liste der Rollen bleibt erhalten, falls der Dienst wieder eingerichtet wird.</translation>
    </message>
    <message>
        <source>Whoever stands in it is left out of every number.</source>
        <translation>Wer darin steht, bleibt bei jeder Zahl außer Acht.</translation>
    </message>
    <message>
        <source>Whoever was told is also told when it is over.</source>
        <translation>Wer benachrichtigt wurde, erfährt auch, wenn es vorbei ist.</translation>
    </message>
    <message>
        <source>Whole minutes are stored: the period is taken as the next whole minute.</source>
        <translation>Gespeichert sind ganze Minuten: Der Zeitraum wird auf die nächste ganze Minute aufgerundet.</translation>
    </message>
    <message>
        <source>Whole minutes are stored: what went on within one is estimated.</source>
        <translation>Gespeichert sind ganze Minuten: Was innerhalb einer Minute geschah, ist geschätzt.</translation>
    </message>
    <message>
        <source>Whom its tokens must be for (aud).</source>
        <translation>Für wen seine Tokens bestimmt sein müssen (aud).</translation>
    </message>
    <message>
        <source>Whom mails are from, such as CamWatch &lt;alerts@example.org&gt;. Many servers take only the address that belongs to the user.</source>
        <translation>Von wem E-Mails stammen, etwa CamWatch &lt;alerts@example.org&gt;. Viele Server nehmen nur die Adresse an, die zum Benutzer gehört.</translation>
    </message>
    <message>
        <source>Whose numbers</source>
        <translation>Wessen Zahlen</translation>
    </message>
    <message>
        <source>Whose numbers: {name}</source>
        <translation>Wessen Zahlen: {name}</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Why did it fire?</source>
        <translation>Warum wurde er ausgelöst?</translation>
    </message>
    <message>
        <source>Why, why not</source>
        <translation>Warum, warum nicht</translation>
    </message>
    <message>
        <source>With &amp;corrections</source>
        <translation>Mit &amp;Korrekturen</translation>
    </message>
    <message>
        <source>With a login service, operators sign in with the name and password they have there. Users of this list can sign in all the same: that is the way in for repair.</source>
        <translation>Mit einem Anmeldedienst melden sich Bediener mit dem Namen und Passwort an, die sie dort haben. Benutzer dieser Liste können sich trotzdem anmelden: Das ist der Weg hinein, wenn etwas zu reparieren ist.</translation>
    </message>
    <message>
        <source>With another day…</source>
        <translation>Mit einem anderen Tag…</translation>
    </message>
    <message>
        <source>With commas between them. A network is written with its size, such as /24.</source>
        <translation>Durch Kommas getrennt. Ein Netz wird mit seiner Größe geschrieben, etwa /24.</translation>
    </message>
    <message>
        <source>With less room than this on the disk of the profile it runs low, MiB.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With nought a number that goes up and down at the limit raises an alert each time. One or two people of room make it calm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With one camera open</source>
        <translation>Bei einer einzeln geöffneten Kamera</translation>
    </message>
    <message>
        <source>With one of these you get in when your device is lost. Each works once. They are not shown again: print them, or keep them where only you can read them.</source>
        <translation>Mit einem davon kommen Sie hinein, wenn Ihr Gerät verloren ist. Jeder gilt einmal. Sie werden nicht noch einmal gezeigt: Drucken Sie sie, oder bewahren Sie sie dort auf, wo nur Sie sie lesen können.</translation>
    </message>
    <message>
        <source>With the same days 4 weeks ago</source>
        <translation>Mit denselben Tagen vor 4 Wochen</translation>
    </message>
    <message>
        <source>With the same days 52 weeks ago</source>
        <translation>Mit denselben Tagen vor 52 Wochen</translation>
    </message>
    <message>
        <source>With the same days last week</source>
        <translation>Mit denselben Tagen der Vorwoche</translation>
    </message>
    <message>
        <source>With the time before</source>
        <translation>Mit der Zeit davor</translation>
    </message>
    <message>
        <source>With this model nobody is counted; pictures are shown all the same.</source>
        <translation>Mit diesem Modell wird niemand gezählt; Bilder werden trotzdem gezeigt.</translation>
    </message>
    <message>
        <source>With&amp;in</source>
        <translation>Inner&amp;halb von</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Withdraw a correction</source>
        <translation>Korrektur zurücknehmen</translation>
    </message>
    <message>
        <source>Withdraw a correction of counts</source>
        <translation>Korrektur von Zählwerten zurückziehen</translation>
    </message>
    <message>
        <source>Withdrawn</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>Within</source>
        <translation>Innerhalb von</translation>
    </message>
    <message>
        <source>Without ONNX Runtime counting takes three times as long; install it where it is to be had.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without it, cameras that need a password wait. All others run, and you can unlock the vault later.</source>
        <translation>Ohne sie warten Kameras, die ein Passwort brauchen. Alle anderen laufen, und Sie können den Tresor später entsperren.</translation>
    </message>
    <message>
        <source>Without rules nobody is told of anything.</source>
        <translation>Ohne Regeln wird niemand benachrichtigt.</translation>
    </message>
    <message>
        <source>Without “See the cameras” most of the rest cannot be used.</source>
        <translation>Ohne „Die Kameras sehen“ lässt sich das meiste andere nicht nutzen.</translation>
    </message>
    <message>
        <source>Wor&amp;king hours</source>
        <translation>Arbeitszei&amp;ten</translation>
    </message>
    <message>
        <source>Wor&amp;kstations</source>
        <translation>Arbe&amp;itsplätze</translation>
    </message>
    <message>
        <source>Workers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workspace file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workspace files (*.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workspace file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workstation</source>
        <translation>Arbeitsplatz</translation>
    </message>
    <message>
        <source>Workstation that counts {name}</source>
        <translation>Arbeitsplatz, der {name} zählt</translation>
    </message>
    <message>
        <source>Workstations that share it</source>
        <translation>Arbeitsplätze, die ihn teilen</translation>
    </message>
    <message>
        <source>Worse than that</source>
        <translation>Noch ernster</translation>
    </message>
    <message>
        <source>Would have fired {times}{night}</source>
        <translation>Hätte {times} ausgelöst{night}</translation>
    </message>
    <message>
        <source>Would never have fired.</source>
        <translation>Hätte nie ausgelöst.</translation>
    </message>
    <message>
        <source>Would not have fired, but less than a day is stored.</source>
        <translation>Hätte nicht ausgelöst, aber es ist weniger als ein Tag gespeichert.</translation>
    </message>
    <message>
        <source>Write it anew</source>
        <translation>Neu schreiben</translation>
    </message>
    <message>
        <source>Write the file anew</source>
        <translation>Datei neu schreiben</translation>
    </message>
    <message>
        <source>Write the file of the history anew</source>
        <translation>Datei des Verlaufs neu schreiben</translation>
    </message>
    <message>
        <source>Write the file of the history anew now?</source>
        <translation>Die Datei des Verlaufs jetzt neu schreiben?</translation>
    </message>
    <message>
        <source>Wrong passwords in a row</source>
        <translation>Falsche Passwörter in Folge</translation>
    </message>
    <message>
        <source>YOLO, end to end</source>
        <translation>YOLO, durchgehend</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>You are signed in as {name}.</source>
        <translation>Sie sind als {name} angemeldet.</translation>
    </message>
    <message>
        <source>You are signed out.</source>
        <translation>Sie sind abgemeldet.</translation>
    </message>
    <message>
        <source>You can close this window and do something else: the recording goes on, and this page tells when it is ready to be counted.</source>
        <translation>Sie können dieses Fenster schließen und etwas anderes tun: Die Aufnahme läuft weiter, und diese Seite zeigt, wenn sie ausgezählt werden kann.</translation>
    </message>
    <message>
        <source>You can draw all the same; check it once there is a picture.</source>
        <translation>Zeichnen können Sie trotzdem; prüfen Sie es, sobald ein Bild da ist.</translation>
    </message>
    <message>
        <source>You can paste a whole address; it is taken apart for you.</source>
        <translation>Sie können eine ganze Adresse einfügen; sie wird für Sie zerlegt.</translation>
    </message>
    <message>
        <source>You count people in pictures spread over hours: little work, and all kinds of light.</source>
        <translation>Sie zählen Personen in Bildern, die über Stunden verteilt sind: wenig Arbeit und jede Art von Licht.</translation>
    </message>
    <message>
        <source>You did not wait for the answer.</source>
        <translation>Sie haben die Antwort nicht abgewartet.</translation>
    </message>
    <message>
        <source>You did not wait for the end, so nothing was changed.</source>
        <translation>Sie haben das Ende nicht abgewartet; daher wurde nichts geändert.</translation>
    </message>
    <message>
        <source>You get a one-time code to pass on. The user signs in with it, and then chooses a password that only the user knows.</source>
        <translation>Sie erhalten einen Einmalcode zum Weitergeben. Der Benutzer meldet sich damit an und wählt dann ein Passwort, das nur er kennt.</translation>
    </message>
    <message>
        <source>You have come to the present.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have no role in CamWatch</source>
        <translation>Sie haben in CamWatch keine Rolle</translation>
    </message>
    <message>
        <source>You know the camera&apos;s address, and its sign-in if it asks for one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You look at {when}, not live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not do this yourself, so you cannot give it.</source>
        <translation>Das dürfen Sie selbst nicht und können es deshalb nicht vergeben.</translation>
    </message>
    <message>
        <source>You may not {permission_words}.</source>
        <translation>Das dürfen Sie nicht: {permission_words}.</translation>
    </message>
    <message>
        <source>You press a key each time somebody passes, in or out.</source>
        <translation>Sie drücken jedes Mal eine Taste, wenn jemand durchgeht, hinein oder hinaus.</translation>
    </message>
    <message>
        <source>You say how many people are in view while the recording plays.</source>
        <translation>Sie geben an, wie viele Personen im Bild sind, während die Aufnahme abläuft.</translation>
    </message>
    <message>
        <source>You see</source>
        <translation>Sie sehen</translation>
    </message>
    <message>
        <source>You see how right the numbers were, and where they were wrong.</source>
        <translation>Sie sehen, wie genau die Zahlen waren und wo sie falsch waren.</translation>
    </message>
    <message>
        <source>You see no sites yourself, so you cannot choose among them.</source>
        <translation>Sie sehen selbst keine Standorte und können deshalb keine auswählen.</translation>
    </message>
    <message>
        <source>You watch the recording as slowly as you like and count by keys.</source>
        <translation>Sie sehen sich die Aufnahme so langsam an, wie Sie möchten, und zählen mit Tasten.</translation>
    </message>
    <message>
        <source>Your cameras are counted meanwhile, as they were set up last. The counts wait on this computer, and are saved in their order when the server is back.</source>
        <translation>Ihre Kameras werden inzwischen gezählt, so wie sie zuletzt eingerichtet waren. Die Zählwerte warten auf diesem Computer und werden der Reihe nach gespeichert, sobald der Server wieder da ist.</translation>
    </message>
    <message>
        <source>Your code</source>
        <translation>Ihr Code</translation>
    </message>
    <message>
        <source>Your device is set up, and you are signed in.</source>
        <translation>Ihr Gerät ist eingerichtet, und Sie sind angemeldet.</translation>
    </message>
    <message>
        <source>Your first camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your marks over time</source>
        <translation>Ihre Markierungen im Zeitverlauf</translation>
    </message>
    <message>
        <source>Your password alone lets you in then. Your device&apos;s codes and your recovery codes end.</source>
        <translation>Dann genügt Ihr Passwort allein. Die Codes Ihres Geräts und Ihre Wiederherstellungscodes gelten nicht mehr.</translation>
    </message>
    <message>
        <source>Your password is changed</source>
        <translation>Ihr Passwort ist geändert</translation>
    </message>
    <message>
        <source>Your password was right.</source>
        <translation>Ihr Passwort war richtig.</translation>
    </message>
    <message>
        <source>Your password was right. Now your device&apos;s code.</source>
        <translation>Ihr Passwort war richtig. Jetzt der Code Ihres Geräts.</translation>
    </message>
    <message>
        <source>Your password, your second factor and your role are kept by {name}. Change them there; CamWatch holds none of them.</source>
        <translation>Ihr Passwort, Ihren zweiten Faktor und Ihre Rolle verwaltet {name}. Ändern Sie sie dort; CamWatch speichert nichts davon.</translation>
    </message>
    <message>
        <source>Your role does not allow this</source>
        <translation>Ihre Rolle erlaubt das nicht</translation>
    </message>
    <message>
        <source>Your role does not let you add or export cameras. An administrator can give you another role.</source>
        <translation>Ihre Rolle erlaubt es nicht, Kameras hinzuzufügen oder zu exportieren. Ein Verwalter kann Ihnen eine andere Rolle geben.</translation>
    </message>
    <message>
        <source>Your role does not let you change how people sign in. Ask an administrator to do it.</source>
        <translation>Mit Ihrer Rolle dürfen Sie nicht ändern, wie sich Benutzer anmelden. Wenden Sie sich an einen Verwalter.</translation>
    </message>
    <message>
        <source>Your role does not let you change rules.</source>
        <translation>Ihre Rolle erlaubt es nicht, Regeln zu ändern.</translation>
    </message>
    <message>
        <source>Your role does not let you see cameras, counts, alerts or audits. An administrator can give you another role; what you may do is under “My account” in the menu at the top right.</source>
        <translation>Mit Ihrer Rolle dürfen Sie weder Kameras noch Zählwerte, Alarme oder Genauigkeitsprüfungen sehen. Ein Verwalter kann Ihnen eine andere Rolle geben; was Sie dürfen, steht unter „Mein Konto“ im Menü oben rechts.</translation>
    </message>
    <message>
        <source>Your role does not let you trust certificates. An administrator can give you another role.</source>
        <translation>Ihre Rolle erlaubt es nicht, Zertifikaten zu vertrauen. Ein Verwalter kann Ihnen eine andere Rolle geben.</translation>
    </message>
    <message>
        <source>Your role does not let you {what}. An administrator can give you another role.</source>
        <translation>Mit Ihrer Rolle dürfen Sie nicht {what}. Ein Verwalter kann Ihnen eine andere Rolle geben.</translation>
    </message>
    <message>
        <source>Your role has changed, and does not allow everything that is shown here any more. Sign out and in again to see what you may do now.</source>
        <translation>Ihre Rolle hat sich geändert und erlaubt nicht mehr alles, was hier zu sehen ist. Melden Sie sich ab und wieder an, um zu sehen, was Sie jetzt dürfen.</translation>
    </message>
    <message>
        <source>Your role lets you see the audits, and not make any. An administrator can give you another role.</source>
        <translation>Mit Ihrer Rolle können Sie die Prüfungen sehen, aber keine durchführen. Ein Verwalter kann Ihnen eine andere Rolle geben.</translation>
    </message>
    <message>
        <source>Your role lets you see the cameras, and not add, change or remove them. An administrator can give you another role.</source>
        <translation>Ihre Rolle erlaubt es, die Kameras zu sehen, aber nicht, sie hinzuzufügen, zu ändern oder zu entfernen. Ein Verwalter kann Ihnen eine andere Rolle geben.</translation>
    </message>
    <message>
        <source>Your role may not let cameras hide less than they do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role may not share walls.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role needs a second factor.</source>
        <translation>Ihre Rolle verlangt einen zweiten Faktor.</translation>
    </message>
    <message>
        <source>Your role needs a second proof that it is you: a code that your device makes.</source>
        <translation>Ihre Rolle verlangt einen zweiten Nachweis, dass Sie es sind: einen Code, den Ihr Gerät erzeugt.</translation>
    </message>
    <message>
        <source>Your session has ended</source>
        <translation>Ihre Sitzung ist beendet</translation>
    </message>
    <message>
        <source>Your walls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zip files (*.zip)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>Zone {name}</source>
        <translation>Zone {name}</translation>
    </message>
    <message>
        <source>Zones</source>
        <translation>Zonen</translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation>Heranzoomen (+)</translation>
    </message>
    <message>
        <source>Zoom in, zoom out</source>
        <translation>Vergrößern, verkleinern</translation>
    </message>
    <message>
        <source>Zoom its lens, while held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom out (-)</source>
        <translation>Herauszoomen (-)</translation>
    </message>
    <message>
        <source>Zoom the lens in</source>
        <translation>Mit dem Objektiv heranzoomen</translation>
    </message>
    <message>
        <source>Zoom the lens out</source>
        <translation>Mit dem Objektiv herauszoomen</translation>
    </message>
    <message>
        <source>[Desktop Entry]
Type=Application
Version=1.5
Name=CamWatch
Comment=Counts people with IP cameras
Exec={words}
Icon=camwatch
Terminal=false
X-GNOME-Autostart-enabled=true
</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a camera that is gone</source>
        <translation>eine Kamera, die es nicht mehr gibt</translation>
    </message>
    <message>
        <source>a camera that you see</source>
        <translation>eine für Sie sichtbare Kamera</translation>
    </message>
    <message>
        <source>a chunk of the PNG has a wrong checksum</source>
        <translation>ein Abschnitt des PNG hat eine falsche Prüfsumme</translation>
    </message>
    <message>
        <source>a chunk of the PNG is cut off</source>
        <translation>ein Abschnitt des PNG ist abgeschnitten</translation>
    </message>
    <message>
        <source>a description of {text} bytes</source>
        <translation>eine Beschreibung von {text} Bytes</translation>
    </message>
    <message>
        <source>a last resort that counts poorly</source>
        <translation>ein letzter Ausweg, der schlecht zählt</translation>
    </message>
    <message>
        <source>a newer picture of the same camera replaces the one that waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a phone number</source>
        <translation>eine Telefonnummer</translation>
    </message>
    <message>
        <source>a picture is counted {pace_words}</source>
        <translation>ein Bild wird {pace_words} gezählt</translation>
    </message>
    <message>
        <source>a play list; an MJPEG stream&apos;s address is needed</source>
        <translation>eine Wiedergabeliste; benötigt wird die Adresse eines MJPEG-Streams</translation>
    </message>
    <message>
        <source>a popup opens wherever somebody is signed in</source>
        <translation>überall, wo jemand angemeldet ist, öffnet sich ein Hinweisfenster</translation>
    </message>
    <message>
        <source>a recipient</source>
        <translation>Empfänger</translation>
    </message>
    <message>
        <source>a single picture; a video stream&apos;s address is needed</source>
        <translation>ein einzelnes Bild; benötigt wird die Adresse eines Videostreams</translation>
    </message>
    <message>
        <source>a site that is gone</source>
        <translation>ein Standort, den es nicht mehr gibt</translation>
    </message>
    <message>
        <source>a sound plays wherever somebody is signed in</source>
        <translation>überall, wo jemand angemeldet ist, ertönt ein Ton</translation>
    </message>
    <message>
        <source>a step of “{name}”</source>
        <translation>einem Schritt von „{name}“</translation>
    </message>
    <message>
        <source>a text message goes to {to}{by}</source>
        <translation>eine SMS geht an {to}{by}</translation>
    </message>
    <message>
        <source>a video stream; a snapshot&apos;s address is needed</source>
        <translation>ein Videostream; benötigt wird die Adresse eines Einzelbildes</translation>
    </message>
    <message>
        <source>a web page instead of a picture</source>
        <translation>eine Webseite statt eines Bildes</translation>
    </message>
    <message>
        <source>about those held back</source>
        <translation>über zurückgehaltene</translation>
    </message>
    <message>
        <source>about {number}</source>
        <translation>etwa {number}</translation>
    </message>
    <message>
        <source>about {value:.1f} million</source>
        <translation>etwa {value:.1f} Millionen</translation>
    </message>
    <message>
        <source>about {value} minutes</source>
        <translation>etwa {value} Minuten</translation>
    </message>
    <message>
        <source>about {value} seconds</source>
        <translation>etwa {value} Sekunden</translation>
    </message>
    <message>
        <source>acknowledge and shelve alerts</source>
        <translation>Alarme quittieren und zurückstellen</translation>
    </message>
    <message>
        <source>acknowledged by then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>acknowledged it</source>
        <translation>hat ihn quittiert</translation>
    </message>
    <message>
        <source>add, change or remove cameras</source>
        <translation>Kameras hinzufügen, ändern oder entfernen</translation>
    </message>
    <message>
        <source>added to it</source>
        <translation>hat ihn ergänzt</translation>
    </message>
    <message>
        <source>address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>addresses</source>
        <translation>Adressen</translation>
    </message>
    <message>
        <source>after </source>
        <translation>nach </translation>
    </message>
    <message>
        <source>after {whole} s</source>
        <translation>nach {whole} s</translation>
    </message>
    <message>
        <source>alert {number}</source>
        <translation>Alarm {number}</translation>
    </message>
    <message>
        <source>alerts not proven yet</source>
        <translation>Alarmwege noch nicht nachgewiesen</translation>
    </message>
    <message>
        <source>alerts proven {moment}</source>
        <translation>Alarmwege nachgewiesen {moment}</translation>
    </message>
    <message>
        <source>all cameras</source>
        <translation>alle Kameras</translation>
    </message>
    <message>
        <source>all connections of this CamWatch are at work</source>
        <translation>alle Verbindungen dieses CamWatch sind beschäftigt</translation>
    </message>
    <message>
        <source>all day</source>
        <translation>den ganzen Tag</translation>
    </message>
    <message>
        <source>always</source>
        <translation>immer</translation>
    </message>
    <message>
        <source>an address that cannot be read</source>
        <translation>eine Adresse, die sich nicht lesen lässt</translation>
    </message>
    <message>
        <source>an alert was open already</source>
        <translation>ein Alarm war schon offen</translation>
    </message>
    <message>
        <source>an e-mail address</source>
        <translation>eine E-Mail-Adresse</translation>
    </message>
    <message>
        <source>an e-mail goes to {to}{by}</source>
        <translation>eine E-Mail geht an {to}{by}</translation>
    </message>
    <message>
        <source>an empty answer</source>
        <translation>eine leere Antwort</translation>
    </message>
    <message>
        <source>an older copy had been put back, or entry {known} replaced</source>
        <translation>eine ältere Kopie war zurückgespielt oder Eintrag {known} ersetzt worden</translation>
    </message>
    <message>
        <source>an unforeseen error, {error_id}</source>
        <translation>ein unvorhergesehener Fehler, {error_id}</translation>
    </message>
    <message>
        <source>an unforeseen error; its number in the log is {error_id}</source>
        <translation>ein unvorhergesehener Fehler; seine Nummer im Protokoll ist {error_id}</translation>
    </message>
    <message>
        <source>and {left} more</source>
        <translation>und {left} weitere</translation>
    </message>
    <message>
        <source>and {more} more; “Copy text” has all of them.</source>
        <translation>und {more} weitere; „Text kopieren“ enthält alle.</translation>
    </message>
    <message>
        <source>and {value} more</source>
        <translation>und {value} weitere</translation>
    </message>
    <message>
        <source>anna@example.org
ben@example.org</source>
        <translation>anna@example.org
ben@example.org</translation>
    </message>
    <message>
        <source>another camera</source>
        <translation>einer anderen Kamera</translation>
    </message>
    <message>
        <source>another device answers at its address</source>
        <translation>an ihrer Adresse antwortet ein anderes Gerät</translation>
    </message>
    <message>
        <source>another device answers in its place</source>
        <translation>ein anderes Gerät antwortet an ihrer Stelle</translation>
    </message>
    <message>
        <source>another history was being moved to {place}; go on with that one, or empty it</source>
        <translation>nach {place} wurde ein anderer Verlauf übertragen; setzen Sie jenes fort, oder leeren Sie das Ziel</translation>
    </message>
    <message>
        <source>another one of these cameras</source>
        <translation>einer anderen dieser Kameras</translation>
    </message>
    <message>
        <source>another path</source>
        <translation>ein anderer Pfad</translation>
    </message>
    <message>
        <source>another program uses it</source>
        <translation>ein anderes Programm verwendet sie</translation>
    </message>
    <message>
        <source>another workstation counts it</source>
        <translation>ein anderer Arbeitsplatz zählt sie</translation>
    </message>
    <message>
        <source>are</source>
        <translation>sind</translation>
    </message>
    <message>
        <source>are fewer than the truth says: no {index}</source>
        <translation>sind weniger, als die wahren Werte nennen: Nummer {index} fehlt</translation>
    </message>
    <message>
        <source>are missing from the recording</source>
        <translation>fehlen in der Aufnahme</translation>
    </message>
    <message>
        <source>are missing, and so is every other truth</source>
        <translation>fehlen, und auch alle anderen wahren Werte fehlen</translation>
    </message>
    <message>
        <source>are missing; a role needs one at least</source>
        <translation>fehlen; eine Rolle braucht mindestens eine</translation>
    </message>
    <message>
        <source>are missing; choose one at least, or all</source>
        <translation>fehlen; wählen Sie mindestens einen, oder alle</translation>
    </message>
    <message>
        <source>are missing; name one, or ask all to answer</source>
        <translation>fehlen; geben Sie eines an, oder bitten Sie alle um Antwort</translation>
    </message>
    <message>
        <source>are more than {most_networks}; search them one after the other</source>
        <translation>sind mehr als {most_networks}; durchsuchen Sie sie nacheinander</translation>
    </message>
    <message>
        <source>are needed</source>
        <translation>werden benötigt</translation>
    </message>
    <message>
        <source>are needed: choose at least one</source>
        <translation>fehlen: Wählen Sie mindestens einen aus</translation>
    </message>
    <message>
        <source>are needed: choose one at least</source>
        <translation>werden benötigt: Wählen Sie mindestens eines</translation>
    </message>
    <message>
        <source>are needed: tick one at least</source>
        <translation>werden benötigt: Kreuzen Sie mindestens eine an</translation>
    </message>
    <message>
        <source>are needed: with none of them nobody would be told</source>
        <translation>werden benötigt: Ohne sie würde niemand benachrichtigt</translation>
    </message>
    <message>
        <source>are needed: write one address at least</source>
        <translation>werden benötigt: Schreiben Sie mindestens eine Adresse</translation>
    </message>
    <message>
        <source>are needed: write one at least</source>
        <translation>werden benötigt: Schreiben Sie mindestens eine</translation>
    </message>
    <message>
        <source>are not above 0 and up to {longest:g}</source>
        <translation>sind nicht größer als 0 und höchstens {longest:g}</translation>
    </message>
    <message>
        <source>are not from 0 to {most_people}</source>
        <translation>liegen nicht zwischen 0 und {most_people}</translation>
    </message>
    <message>
        <source>are not from 1 to {most_pictures}</source>
        <translation>liegen nicht zwischen 1 und {most_pictures}</translation>
    </message>
    <message>
        <source>are not from the recorded time</source>
        <translation>stammen nicht aus der aufgenommenen Zeit</translation>
    </message>
    <message>
        <source>are not in order</source>
        <translation>sind nicht in der richtigen Reihenfolge</translation>
    </message>
    <message>
        <source>are not in order of time</source>
        <translation>sind nicht zeitlich geordnet</translation>
    </message>
    <message>
        <source>are not those of the same recording and truth</source>
        <translation>gehören nicht zur selben Aufnahme mit denselben wahren Werten</translation>
    </message>
    <message>
        <source>are of another place</source>
        <translation>gehören zu einer anderen Stelle</translation>
    </message>
    <message>
        <source>are {count} spots, more than {most_spots}</source>
        <translation>sind {count} an der Zahl; erlaubt sind höchstens {most_spots}</translation>
    </message>
    <message>
        <source>are {count}, more than {most_places}</source>
        <translation>sind {count} an der Zahl; erlaubt sind höchstens {most_places}</translation>
    </message>
    <message>
        <source>are {count}, more than {most}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are {count}, not {fewest_points} to {most_points}</source>
        <translation>sind {count} an der Zahl statt {fewest_points} bis {most_points}</translation>
    </message>
    <message>
        <source>arrows {key} {corner}</source>
        <translation>Pfeile {key} {corner}</translation>
    </message>
    <message>
        <source>as corrected</source>
        <translation>korrigiert</translation>
    </message>
    <message>
        <source>as many people are counted as there are</source>
        <translation>so viele Personen gezählt, wie da sind</translation>
    </message>
    <message>
        <source>as measured</source>
        <translation>wie gemessen</translation>
    </message>
    <message>
        <source>asked every {interval_s:g} s instead of every {set_s:g} s</source>
        <translation>alle {interval_s:g} s abgefragt statt alle {set_s:g} s</translation>
    </message>
    <message>
        <source>asked for in the privacy dialog ({mode})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>asks for an input of {dimensions}</source>
        <translation>verlangt einen Eingang der Größe {dimensions}</translation>
    </message>
    <message>
        <source>asks for an input of {width} x {height}</source>
        <translation>verlangt eine Eingabe von {width} x {height}</translation>
    </message>
    <message>
        <source>at any time</source>
        <translation>zu jeder Zeit</translation>
    </message>
    <message>
        <source>at least </source>
        <translation>mindestens </translation>
    </message>
    <message>
        <source>at most </source>
        <translation>höchstens </translation>
    </message>
    <message>
        <source>at once</source>
        <translation>sofort</translation>
    </message>
    <message>
        <source>at {back_at:g}</source>
        <translation>bei {back_at:g}</translation>
    </message>
    <message>
        <source>at {clock_time}</source>
        <translation>um {clock_time}</translation>
    </message>
    <message>
        <source>audit how right the counts are</source>
        <translation>prüfen, wie richtig die Zählwerte sind</translation>
    </message>
    <message>
        <source>audit {uid}</source>
        <translation>Prüfung {uid}</translation>
    </message>
    <message>
        <source>audited {audited}</source>
        <translation>geprüft am {audited}</translation>
    </message>
    <message>
        <source>authentication failed</source>
        <translation>authentication failed</translation>
    </message>
    <message>
        <source>beep of the desktop</source>
        <translation>Signalton des Desktops</translation>
    </message>
    <message>
        <source>begin before the recording</source>
        <translation>beginnen vor der Aufnahme</translation>
    </message>
    <message>
        <source>belongs to another device</source>
        <translation>gehört zu einem anderen Gerät</translation>
    </message>
    <message>
        <source>belongs to another user of this computer</source>
        <translation>gehört einem anderen Benutzer dieses Computers</translation>
    </message>
    <message>
        <source>belongs to the host&apos;s own administration</source>
        <translation>gehört zur Verwaltung des Hosts selbst</translation>
    </message>
    <message>
        <source>beyond its limit{limit}</source>
        <translation>jenseits der Grenze{limit}</translation>
    </message>
    <message>
        <source>blocked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>busy all the time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by 15 minutes</source>
        <translation>alle 15 Minuten</translation>
    </message>
    <message>
        <source>by 5 minutes</source>
        <translation>alle 5 Minuten</translation>
    </message>
    <message>
        <source>by day</source>
        <translation>täglich</translation>
    </message>
    <message>
        <source>by hour</source>
        <translation>stündlich</translation>
    </message>
    <message>
        <source>by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by minute</source>
        <translation>minütlich</translation>
    </message>
    <message>
        <source>by month</source>
        <translation>monatlich</translation>
    </message>
    <message>
        <source>by week</source>
        <translation>wöchentlich</translation>
    </message>
    <message>
        <source>by {actor}</source>
        <translation>von {actor}</translation>
    </message>
    <message>
        <source>camera {camera_id}</source>
        <translation>Kamera {camera_id}</translation>
    </message>
    <message>
        <source>camera {missing}</source>
        <translation>Kamera {missing}</translation>
    </message>
    <message>
        <source>camera {shown}</source>
        <translation>Kamera {shown}</translation>
    </message>
    <message>
        <source>cameras, sites and zones</source>
        <translation>Kameras, Standorten und Zonen</translation>
    </message>
    <message>
        <source>camwatch: {words}
</source>
        <translation>camwatch: {words}
</translation>
    </message>
    <message>
        <source>can be {most} at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>can have letters, digits and signs only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>can have {most} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>can stand on a grid of 1 to {most} rows and columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be added: there are {most_plans} already</source>
        <translation>lässt sich nicht hinzufügen: Es gibt schon {most_plans}</translation>
    </message>
    <message>
        <source>cannot be added: you have {most} walls already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be changed of a role that is always there</source>
        <translation>kann bei einer fest vorhandenen Rolle nicht geändert werden</translation>
    </message>
    <message>
        <source>cannot be copied to {own}: {strerror}</source>
        <translation>lässt sich nicht nach {own} kopieren: {strerror}</translation>
    </message>
    <message>
        <source>cannot be decoded</source>
        <translation>lässt sich nicht decodieren</translation>
    </message>
    <message>
        <source>cannot be like this: in step {number}</source>
        <translation>sind so nicht möglich: In Schritt {number}</translation>
    </message>
    <message>
        <source>cannot be like this: in step {number} the {field} {reason}</source>
        <translation>sind so nicht möglich, in Schritt {number}: {field} {reason}</translation>
    </message>
    <message>
        <source>cannot be loaded: {error}</source>
        <translation>kann nicht geladen werden: {error}</translation>
    </message>
    <message>
        <source>cannot be named “{shown}”</source>
        <translation>können nicht „{shown}“ heißen</translation>
    </message>
    <message>
        <source>cannot be played by this program</source>
        <translation>kann von diesem Programm nicht durchgeführt werden</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>nicht lesbar</translation>
    </message>
    <message>
        <source>cannot be read ({error})</source>
        <translation>lässt sich nicht lesen ({error})</translation>
    </message>
    <message>
        <source>cannot be read at {name}; write $$ for a dollar</source>
        <translation>lassen sich bei {name} nicht lesen; schreiben Sie $$ für ein Dollarzeichen</translation>
    </message>
    <message>
        <source>cannot be read from line {number} on ({error}); look for a quotation mark without its partner</source>
        <translation>lässt sich ab Zeile {number} nicht lesen ({error}); suchen Sie ein Anführungszeichen ohne Gegenstück</translation>
    </message>
    <message>
        <source>cannot be read: {reason}</source>
        <translation>lässt sich nicht lesen: {reason}</translation>
    </message>
    <message>
        <source>cannot be read: {strerror}</source>
        <translation>lässt sich nicht lesen: {strerror}</translation>
    </message>
    <message>
        <source>cannot be read: {text!r}; write them like 192.168.1.0/24</source>
        <translation>lassen sich nicht lesen: {text!r}; schreiben Sie sie wie 192.168.1.0/24</translation>
    </message>
    <message>
        <source>cannot be read: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read; write it like http://10.0.0.7:8080/snapshot</source>
        <translation>lässt sich nicht lesen; schreiben Sie sie wie http://10.0.0.7:8080/snapshot</translation>
    </message>
    <message>
        <source>cannot be recorded in {own}: {strerror}</source>
        <translation>lässt sich in {own} nicht verzeichnen: {strerror}</translation>
    </message>
    <message>
        <source>cannot be run</source>
        <translation>kann nicht ausgeführt werden</translation>
    </message>
    <message>
        <source>cannot be run: {error}</source>
        <translation>kann nicht ausgeführt werden: {error}</translation>
    </message>
    <message>
        <source>cannot be run: {said}</source>
        <translation>kann nicht ausgeführt werden: {said}</translation>
    </message>
    <message>
        <source>cannot be shown: no port of this computer is free for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used</source>
        <translation>kann nicht verwendet werden</translation>
    </message>
    <message>
        <source>cannot be used: it holds no certificates, or cannot be read</source>
        <translation>kann nicht verwendet werden: Sie enthält keine Zertifikate oder lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>cannot be used: it {problem}</source>
        <translation>kann nicht verwendet werden: Das {problem}</translation>
    </message>
    <message>
        <source>cannot be used: {error}</source>
        <translation>kann nicht verwendet werden: {error}</translation>
    </message>
    <message>
        <source>cannot be used: {field} {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used: {host} {problem}</source>
        <translation>kann nicht verwendet werden: {host} {problem}</translation>
    </message>
    <message>
        <source>cannot be written like this</source>
        <translation>kann so nicht geschrieben werden</translation>
    </message>
    <message>
        <source>cannot be written like this before the @</source>
        <translation>kann vor dem @ nicht so geschrieben werden</translation>
    </message>
    <message>
        <source>cannot be written: {file}: {strerror}</source>
        <translation>lässt sich nicht schreiben: {file}: {strerror}</translation>
    </message>
    <message>
        <source>cannot be written: {strerror}</source>
        <translation>lässt sich nicht schreiben: {strerror}</translation>
    </message>
    <message>
        <source>cannot be written: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot hold about {rows:,} rows: a workbook takes {xlsx_most_rows:,}; choose CSV or Parquet, longer steps or a shorter time</source>
        <translation>kann etwa {rows:,} Zeilen nicht fassen: Eine Arbeitsmappe fasst {xlsx_most_rows:,}; wählen Sie CSV oder Parquet, größere Schritte oder eine kürzere Zeit</translation>
    </message>
    <message>
        <source>cannot tell: pass over</source>
        <translation>nicht zu erkennen: überspringen</translation>
    </message>
    <message>
        <source>certificate file</source>
        <translation>certificate file</translation>
    </message>
    <message>
        <source>certificate verify failed</source>
        <translation>certificate verify failed</translation>
    </message>
    <message>
        <source>change how people sign in</source>
        <translation>ändern, wie sich Benutzer anmelden</translation>
    </message>
    <message>
        <source>change rules of alerts</source>
        <translation>Regeln für Alarme ändern</translation>
    </message>
    <message>
        <source>change the program&apos;s settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed who takes care of it</source>
        <translation>hat geändert, wer sich darum kümmert</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>channels</source>
        <translation>Kanälen</translation>
    </message>
    <message>
        <source>checked {astimezone:%H:%M}</source>
        <translation>geprüft {astimezone:%H:%M}</translation>
    </message>
    <message>
        <source>choose the model that counts</source>
        <translation>das zählende Modell auswählen</translation>
    </message>
    <message>
        <source>closed it</source>
        <translation>hat ihn geschlossen</translation>
    </message>
    <message>
        <source>closed without an answer</source>
        <translation>ohne Antwort geschlossen</translation>
    </message>
    <message>
        <source>closed, as it was over</source>
        <translation>geschlossen, da schon vorbei</translation>
    </message>
    <message>
        <source>closed, as they were over</source>
        <translation>geschlossen, da schon vorbei</translation>
    </message>
    <message>
        <source>comes from a newer CamWatch; bring this one up to date first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>confirm, next picture</source>
        <translation>bestätigen, nächstes Bild</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connection refused</source>
        <translation>connection refused</translation>
    </message>
    <message>
        <source>consists of too many parts</source>
        <translation>besteht aus zu vielen Teilen</translation>
    </message>
    <message>
        <source>correct numbers that were counted wrongly</source>
        <translation>falsch gezählte Zahlen korrigieren</translation>
    </message>
    <message>
        <source>could not be read at {places}</source>
        <translation>nicht lesbar an {places}</translation>
    </message>
    <message>
        <source>could not translate host name</source>
        <translation>could not translate host name</translation>
    </message>
    <message>
        <source>countable for {percent}</source>
        <translation>zu {percent} zählbar</translation>
    </message>
    <message>
        <source>counted by CamWatch</source>
        <translation>von CamWatch gezählt</translation>
    </message>
    <message>
        <source>counted by the program</source>
        <translation>vom Programm gezählt</translation>
    </message>
    <message>
        <source>counted, but you saw nobody</source>
        <translation>gezählt, aber Sie sahen niemanden</translation>
    </message>
    <message>
        <source>counted, pictures kept</source>
        <translation>gezählt, Bilder aufbewahrt</translation>
    </message>
    <message>
        <source>counts at once</source>
        <translation>zählt sofort</translation>
    </message>
    <message>
        <source>coverage {percent}</source>
        <translation>Abdeckung {percent}</translation>
    </message>
    <message>
        <source>crosses or touches the outer line</source>
        <translation>kreuzt oder berührt die äußere Linie</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation>d. MMM yyyy</translation>
    </message>
    <message>
        <source>d MMM yyyy HH:mm:ss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMM yyyy, HH:mm:ss</source>
        <translation>d. MMM yyyy, HH:mm:ss</translation>
    </message>
    <message>
        <source>daily proof</source>
        <translation>täglicher Nachweis</translation>
    </message>
    <message>
        <source>database system is</source>
        <translation>database system is</translation>
    </message>
    <message>
        <source>days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dd.MM.yyyy  HH:mm</source>
        <translation>dd.MM.yyyy  HH:mm</translation>
    </message>
    <message>
        <source>delete a digit</source>
        <translation>eine Ziffer löschen</translation>
    </message>
    <message>
        <source>deleted, nobody counted it for 7 days</source>
        <translation>gelöscht, da 7 Tage lang nicht ausgezählt</translation>
    </message>
    <message>
        <source>desktop notifications</source>
        <translation>Benachrichtigungen auf dem Desktop</translation>
    </message>
    <message>
        <source>device {device} cannot be opened</source>
        <translation>Gerät {device} lässt sich nicht öffnen</translation>
    </message>
    <message>
        <source>dim light</source>
        <translation>Dämmerlicht</translation>
    </message>
    <message>
        <source>do not</source>
        <translation>liefern keine</translation>
    </message>
    <message>
        <source>do not begin at 0 s</source>
        <translation>beginnen nicht bei 0 s</translation>
    </message>
    <message>
        <source>do not belong to an audit of {value}</source>
        <translation>gehören nicht zu einer Prüfung der Art {value}</translation>
    </message>
    <message>
        <source>do this</source>
        <translation>dies tun</translation>
    </message>
    <message>
        <source>does not</source>
        <translation>liefert keine</translation>
    </message>
    <message>
        <source>does not exist</source>
        <translation>does not exist</translation>
    </message>
    <message>
        <source>does not exist (any more); choose another one</source>
        <translation>existiert nicht (mehr); wählen Sie eine andere</translation>
    </message>
    <message>
        <source>does not lie behind the outer line, as its arrow points; swap in and out of one of the two lines</source>
        <translation>liegt nicht in Pfeilrichtung hinter der äußeren Linie; vertauschen Sie hinein und hinaus bei einer der beiden Linien</translation>
    </message>
    <message>
        <source>does not match host name</source>
        <translation>does not match host name</translation>
    </message>
    <message>
        <source>does not say of which version it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not support ssl</source>
        <translation>does not support ssl</translation>
    </message>
    <message>
        <source>does not take colour pictures: its input is {shape}</source>
        <translation>nimmt keine Farbbilder an: Der Eingang ist {shape}</translation>
    </message>
    <message>
        <source>does not take one colour picture at a time</source>
        <translation>nimmt nicht jeweils ein einzelnes Farbbild an</translation>
    </message>
    <message>
        <source>down to {threshold:.3g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>down to {threshold:.3g}, critical down to {critical_at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drag {drags}</source>
        <translation>Ziehen {drags}</translation>
    </message>
    <message>
        <source>draw lines and zones</source>
        <translation>Linien und Zonen zeichnen</translation>
    </message>
    <message>
        <source>e-mail address</source>
        <translation>E-Mail-Adresse</translation>
    </message>
    <message>
        <source>e-mail to {to}</source>
        <translation>E-Mail an {to}</translation>
    </message>
    <message>
        <source>each Monday at {hour:02}:00</source>
        <translation>montags um {hour:02}:00 Uhr</translation>
    </message>
    <message>
        <source>each day at {hour:02}:00</source>
        <translation>täglich um {hour:02}:00 Uhr</translation>
    </message>
    <message>
        <source>each recipient</source>
        <translation>jeden Empfänger</translation>
    </message>
    <message>
        <source>empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>enclose (nearly) no area</source>
        <translation>umschließen (fast) keine Fläche</translation>
    </message>
    <message>
        <source>ends the process that runs it (code {returncode}), so it is not used</source>
        <translation>beendet den Prozess, der das Modell ausführt (Code {returncode}), und wird daher nicht verwendet</translation>
    </message>
    <message>
        <source>every {interval_s:g} s</source>
        <translation>alle {interval_s:g} s</translation>
    </message>
    <message>
        <source>every {time_left}</source>
        <translation>alle {time_left}</translation>
    </message>
    <message>
        <source>every {value:.0f} s</source>
        <translation>alle {value:.0f} s</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>alles</translation>
    </message>
    <message>
        <source>failed to resolve host</source>
        <translation>failed to resolve host</translation>
    </message>
    <message>
        <source>fingerprint {scene_key}</source>
        <translation>Fingerabdruck {scene_key}</translation>
    </message>
    <message>
        <source>first picture</source>
        <translation>erstes Bild</translation>
    </message>
    <message>
        <source>fits only a line or a gate: nobody passes anything else</source>
        <translation>passt nur zu einer Linie oder einem Tor: Durch anderes geht niemand</translation>
    </message>
    <message>
        <source>five more, five fewer</source>
        <translation>fünf mehr, fünf weniger</translation>
    </message>
    <message>
        <source>for 1 day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for 1 hour</source>
        <translation>für 1 Stunde</translation>
    </message>
    <message>
        <source>for 15 minutes</source>
        <translation>für 15 Minuten</translation>
    </message>
    <message>
        <source>for 8 hours</source>
        <translation>für 8 Stunden</translation>
    </message>
    <message>
        <source>for ever</source>
        <translation>unbegrenzt</translation>
    </message>
    <message>
        <source>for {age}</source>
        <translation>{age} lang</translation>
    </message>
    <message>
        <source>for {count} days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for {value}</source>
        <translation>für {value}</translation>
    </message>
    <message>
        <source>for {whole_span}</source>
        <translation>seit {whole_span}</translation>
    </message>
    <message>
        <source>from {threshold:.3g} on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {threshold:.3g} on, critical from {critical_at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {when}</source>
        <translation>ab {when}</translation>
    </message>
    <message>
        <source>given up</source>
        <translation>aufgegeben</translation>
    </message>
    <message>
        <source>given up: not delivered in time</source>
        <translation>aufgegeben: nicht rechtzeitig zugestellt</translation>
    </message>
    <message>
        <source>gives no usable result: {error}</source>
        <translation>liefert kein brauchbares Ergebnis: {error}</translation>
    </message>
    <message>
        <source>gives text instead of numbers</source>
        <translation>liefert Text statt Zahlen</translation>
    </message>
    <message>
        <source>gives “{name}” a role that is not there</source>
        <translation>gibt „{name}“ eine Rolle, die es nicht gibt</translation>
    </message>
    <message>
        <source>had a password that was left out of the file; add this camera by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>had a password that was left out of the list; write it again</source>
        <translation>enthielt ein Passwort, das in der Liste weggelassen wurde; schreiben Sie es wieder hinein</translation>
    </message>
    <message>
        <source>hand-over of {who}, {made} · times in {key}</source>
        <translation>Übergabe von {who}, {made} · Uhrzeiten in {key}</translation>
    </message>
    <message>
        <source>hardly worth it here</source>
        <translation>das lohnt sich hier kaum</translation>
    </message>
    <message>
        <source>has a column “password”; take it out: each user gets a code for the first sign-in</source>
        <translation>hat eine Spalte „password“; entfernen Sie sie: Jeder Benutzer erhält einen Code für die erste Anmeldung</translation>
    </message>
    <message>
        <source>has a field without a proper number</source>
        <translation>hat ein Feld ohne gültige Nummer</translation>
    </message>
    <message>
        <source>has a host that {reason}</source>
        <translation>hat einen unbrauchbaren Computernamen: Er {reason}</translation>
    </message>
    <message>
        <source>has a line whose name cannot be one</source>
        <translation>hat eine Zeile mit einem unmöglichen Namen</translation>
    </message>
    <message>
        <source>has a list of more than {most} numbers</source>
        <translation>hat eine Liste mit mehr als {most} Zahlen</translation>
    </message>
    <message>
        <source>has a name of {count} bytes</source>
        <translation>hat einen Namen von {count} Byte</translation>
    </message>
    <message>
        <source>has a name that cannot be used: letters, digits, dot, dash, at most 64</source>
        <translation>hat einen unbrauchbaren Namen: erlaubt sind Buchstaben, Ziffern, Punkt und Bindestrich, höchstens 64 Zeichen</translation>
    </message>
    <message>
        <source>has a name that is a number</source>
        <translation>hat einen Namen, der eine Zahl ist</translation>
    </message>
    <message>
        <source>has a name that is not text</source>
        <translation>hat einen Namen, der kein Text ist</translation>
    </message>
    <message>
        <source>has a number of more than 64 bits</source>
        <translation>hat eine Zahl mit mehr als 64 Bit</translation>
    </message>
    <message>
        <source>has a number that is none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a part of more than {most_directions} directions</source>
        <translation>hat einen Teil mit mehr als {most_directions} Richtungen</translation>
    </message>
    <message>
        <source>has a part of {dimensions} values</source>
        <translation>hat einen Teil mit {dimensions} Werten</translation>
    </message>
    <message>
        <source>has a part that is a number</source>
        <translation>hat einen Teil, der eine Zahl ist</translation>
    </message>
    <message>
        <source>has a path that cannot be one, such as // or ..</source>
        <translation>hat einen Pfad, den es nicht geben kann, zum Beispiel // oder ..</translation>
    </message>
    <message>
        <source>has a tile that cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a time zone that is none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has an input or output that is no tensor</source>
        <translation>hat einen Eingang oder Ausgang, der kein Tensor ist</translation>
    </message>
    <message>
        <source>has an input or output whose name is not plain text</source>
        <translation>hat einen Eingang oder Ausgang, dessen Name kein reiner Text ist</translation>
    </message>
    <message>
        <source>has an input that CamWatch does not know: {name}</source>
        <translation>hat einen Eingang, den CamWatch nicht kennt: {name}</translation>
    </message>
    <message>
        <source>has characters that cannot be sent</source>
        <translation>enthält Zeichen, die sich nicht senden lassen</translation>
    </message>
    <message>
        <source>has characters that cannot be shown</source>
        <translation>enthält Zeichen, die sich nicht anzeigen lassen</translation>
    </message>
    <message>
        <source>has characters that cannot be stored, or is too long</source>
        <translation>enthält Zeichen, die sich nicht speichern lassen, oder ist zu lang</translation>
    </message>
    <message>
        <source>has delivered no alerts since {moment}; waiting: {waiting}. Look at the page Alerts, Delivery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has inputs that CamWatch does not know: {said}</source>
        <translation>hat Eingänge, die CamWatch nicht kennt: {said}</translation>
    </message>
    <message>
        <source>has its colours last, for which ONNX Runtime must be installed</source>
        <translation>erwartet die Farben zuletzt; dafür muss ONNX Runtime installiert sein</translation>
    </message>
    <message>
        <source>has more than {most_columns} columns</source>
        <translation>hat mehr als {most_columns} Spalten</translation>
    </message>
    <message>
        <source>has more than {most_lines} lines; split it</source>
        <translation>hat mehr als {most_lines} Zeilen; teilen Sie sie auf</translation>
    </message>
    <message>
        <source>has more than {most_ports} inputs or outputs</source>
        <translation>hat mehr als {most_ports} Eingänge oder Ausgänge</translation>
    </message>
    <message>
        <source>has more than {most_rows} cameras; split it</source>
        <translation>hat mehr als {most_rows} Kameras; teilen Sie sie auf</translation>
    </message>
    <message>
        <source>has more than {most_rows} users; split it</source>
        <translation>hat mehr als {most_rows} Benutzer; teilen Sie sie auf</translation>
    </message>
    <message>
        <source>has more than {most} entries under “{name}”; split it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has more than {most} lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has never delivered anything. Send a test.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no camera below the names of its columns</source>
        <translation>hat unter den Namen der Spalten keine Kamera</translation>
    </message>
    <message>
        <source>has no column “address” (or “host”, or “device”)</source>
        <translation>hat keine Spalte „address“ (oder „host“ oder „device“)</translation>
    </message>
    <message>
        <source>has no column “name”; its first line must name the columns</source>
        <translation>hat keine Spalte „name“; die erste Zeile muss die Spalten nennen</translation>
    </message>
    <message>
        <source>has no column “{name}”; its first line must name the columns</source>
        <translation>hat keine Spalte „{name}“; die erste Zeile muss die Spalten nennen</translation>
    </message>
    <message>
        <source>has no domain behind the @, such as anna@example.com</source>
        <translation>hat keine Domain hinter dem @, zum Beispiel anna@example.com</translation>
    </message>
    <message>
        <source>has no inputs or no outputs</source>
        <translation>hat keine Eingänge oder keine Ausgänge</translation>
    </message>
    <message>
        <source>has no output {unknown}; it has {outputs_said}</source>
        <translation>hat keinen Ausgang {unknown}; vorhanden sind {outputs_said}</translation>
    </message>
    <message>
        <source>has no picture that can be read</source>
        <translation>hat kein lesbares Bild</translation>
    </message>
    <message>
        <source>has no user below the names of its columns</source>
        <translation>hat unter den Namen der Spalten keinen Benutzer</translation>
    </message>
    <message>
        <source>has not been tested and accepted yet</source>
        <translation>wurde noch nicht getestet und angenommen</translation>
    </message>
    <message>
        <source>has settings that are none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has several inputs, for which ONNX Runtime must be installed</source>
        <translation>hat mehrere Eingänge; dafür muss ONNX Runtime installiert sein</translation>
    </message>
    <message>
        <source>has switched itself off: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has the column “{name}” twice</source>
        <translation>hat die Spalte „{name}“ zweimal</translation>
    </message>
    <message>
        <source>has the field “{name}”; a workspace file never holds passwords. Take it out, and enter the password in CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has the name of a model that is there already: {name}</source>
        <translation>hat den Namen eines Modells, das es schon gibt: {name}</translation>
    </message>
    <message>
        <source>has the name of another rule here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has the name “{name}” twice in one place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has too few outputs for the family {family}, which needs {fewest}: {outputs_said}</source>
        <translation>hat zu wenige Ausgänge für die Familie {family}, die {fewest} braucht: {outputs_said}</translation>
    </message>
    <message>
        <source>has under “{name}” what is no list of such things</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has version {version!r}, not {version2}</source>
        <translation>hat die Version {version!r}, nicht {version2}</translation>
    </message>
    <message>
        <source>has {gone} that no longer exist; choose anew</source>
        <translation>enthält {gone}, die es nicht mehr gibt; wählen Sie neu</translation>
    </message>
    <message>
        <source>has {isoformat} twice</source>
        <translation>enthält {isoformat} zweimal</translation>
    </message>
    <message>
        <source>has {length} characters, {longest} are the most</source>
        <translation>hat {length} Zeichen, erlaubt sind höchstens {longest}</translation>
    </message>
    <message>
        <source>has {shown}, which is no field; did you mean ${close}?</source>
        <translation>enthält {shown}, was kein Feld ist; meinten Sie ${close}?</translation>
    </message>
    <message>
        <source>has {shown}, which is no field; write $$ for a dollar sign</source>
        <translation>enthält {shown}, was kein Feld ist; schreiben Sie $$ für ein Dollarzeichen</translation>
    </message>
    <message>
        <source>have a number in a random sample, and only there</source>
        <translation>haben nur bei einer Zufallsstichprobe eine Anzahl, und dort immer</translation>
    </message>
    <message>
        <source>have one that concerns all sites, so choose all: {named}</source>
        <translation>enthalten eine, die alle Standorte betrifft; wählen Sie also alle: {named}</translation>
    </message>
    <message>
        <source>have the same name twice</source>
        <translation>haben zweimal denselben Namen</translation>
    </message>
    <message>
        <source>have {count} that no longer exist</source>
        <translation>enthalten {count}, die es nicht mehr gibt</translation>
    </message>
    <message>
        <source>held {lasting} of {lasting2}</source>
        <translation>dauerte {lasting} von {lasting2}</translation>
    </message>
    <message>
        <source>history check</source>
        <translation>Prüfung des Verlaufs</translation>
    </message>
    <message>
        <source>hold something that is no fingerprint</source>
        <translation>enthalten etwas, das kein Fingerabdruck ist</translation>
    </message>
    <message>
        <source>holds a character that cannot be shown</source>
        <translation>enthält ein Zeichen, das sich nicht anzeigen lässt</translation>
    </message>
    <message>
        <source>holds from</source>
        <translation>gilt ab</translation>
    </message>
    <message>
        <source>holds no certificate in PEM form</source>
        <translation>enthält kein Zertifikat in PEM-Form</translation>
    </message>
    <message>
        <source>holds no clip: there is no file NAME{ending}</source>
        <translation>enthält keinen Clip: Es gibt keine Datei NAME{ending}</translation>
    </message>
    <message>
        <source>holds no {description}, so it is no recording</source>
        <translation>enthält keine Datei {description}, ist also keine Aufnahme</translation>
    </message>
    <message>
        <source>holds only certificates that have expired</source>
        <translation>enthält nur abgelaufene Zertifikate</translation>
    </message>
    <message>
        <source>holds “{name}” twice</source>
        <translation>enthält „{name}“ doppelt</translation>
    </message>
    <message>
        <source>hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in 1 chapter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in about {days} days, if it goes on like this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in and out are not counted, for it is not known when the pictures were taken</source>
        <translation>hinein und hinaus wird nicht gezählt, weil nicht bekannt ist, wann die Bilder aufgenommen wurden</translation>
    </message>
    <message>
        <source>in and out are not counted: people move by {speed:.1f} of their own widths a second and are not found in {hidden:.0%} of the pictures, for they hide each other or look small or dark; a view from higher up would help</source>
        <translation>hinein und hinaus wird nicht gezählt: Personen bewegen sich um das {speed:.1f}-Fache ihrer Breite pro Sekunde und werden in {hidden:.0%} der Bilder nicht gefunden, weil sie einander verdecken oder klein oder dunkel erscheinen; ein Blick von weiter oben würde helfen</translation>
    </message>
    <message>
        <source>in and out are not counted: people who move by {speed:.1f} of their own widths a second{hidden} need {needed:.1f} pictures a second or more, and there are {rate:.1f}</source>
        <translation>hinein und hinaus wird nicht gezählt: Bei Personen mit einer Bewegung um das {speed:.1f}-Fache ihrer Breite pro Sekunde{hidden} sind mindestens {needed:.1f} Bilder pro Sekunde nötig, und es sind {rate:.1f}</translation>
    </message>
    <message>
        <source>in and out are not counted: {lost:.0%} of the people who were found could not be followed; more pictures a second, or a view in which people are smaller, would help</source>
        <translation>hinein und hinaus wird nicht gezählt: {lost:.0%} der gefundenen Personen ließen sich nicht verfolgen; mehr Bilder pro Sekunde oder eine Ansicht, in der Personen kleiner sind, würden helfen</translation>
    </message>
    <message>
        <source>in its memory</source>
        <translation>in seinem Arbeitsspeicher</translation>
    </message>
    <message>
        <source>in no chapter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in or out</source>
        <translation>hinein oder hinaus</translation>
    </message>
    <message>
        <source>in pixels</source>
        <translation>in Bildpunkten</translation>
    </message>
    <message>
        <source>in the file of this computer</source>
        <translation>in der Datei dieses Computers</translation>
    </message>
    <message>
        <source>in the last 24 hours</source>
        <translation>in den letzten 24 Stunden</translation>
    </message>
    <message>
        <source>in the last 30 days</source>
        <translation>in den letzten 30 Tagen</translation>
    </message>
    <message>
        <source>in the last 7 days</source>
        <translation>in den letzten 7 Tagen</translation>
    </message>
    <message>
        <source>in {came} out {left}</source>
        <translation>hinein {came} hinaus {left}</translation>
    </message>
    <message>
        <source>in {count} chapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in, the other time</source>
        <translation>hinein, in der anderen Zeit</translation>
    </message>
    <message>
        <source>information and warning</source>
        <translation>Information und Warnung</translation>
    </message>
    <message>
        <source>is</source>
        <translation>ist</translation>
    </message>
    <message>
        <source>is (nearly) the same point as the start</source>
        <translation>ist (fast) derselbe Punkt wie der Anfang</translation>
    </message>
    <message>
        <source>is a Keras file</source>
        <translation>ist eine Keras-Datei</translation>
    </message>
    <message>
        <source>is a SavedModel of TensorFlow; freeze it to one graph</source>
        <translation>ist ein SavedModel von TensorFlow; frieren Sie es zu einem Graphen ein</translation>
    </message>
    <message>
        <source>is a TensorFlow Lite file{export}</source>
        <translation>ist eine TensorFlow-Lite-Datei{export}</translation>
    </message>
    <message>
        <source>is a ZIP or PyTorch file</source>
        <translation>ist eine ZIP- oder PyTorch-Datei</translation>
    </message>
    <message>
        <source>is a compressed file</source>
        <translation>ist eine komprimierte Datei</translation>
    </message>
    <message>
        <source>is a link to another folder, which is not followed</source>
        <translation>ist eine Verknüpfung zu einem anderen Ordner; ihr wird nicht gefolgt</translation>
    </message>
    <message>
        <source>is a local address ({local})</source>
        <translation>ist eine lokale Adresse ({local})</translation>
    </message>
    <message>
        <source>is a pickle, which can run any program</source>
        <translation>ist ein Pickle, das jedes Programm ausführen kann</translation>
    </message>
    <message>
        <source>is a program</source>
        <translation>ist ein Programm</translation>
    </message>
    <message>
        <source>is a text file</source>
        <translation>ist eine Textdatei</translation>
    </message>
    <message>
        <source>is a workbook or an archive; save it as CSV in the spreadsheet program</source>
        <translation>ist eine Arbeitsmappe oder ein Archiv; speichern Sie die Datei im Tabellenprogramm als CSV</translation>
    </message>
    <message>
        <source>is about no part of the recording</source>
        <translation>betrifft keinen Teil der Aufnahme</translation>
    </message>
    <message>
        <source>is already used by another camera</source>
        <translation>wird schon von einer anderen Kamera verwendet</translation>
    </message>
    <message>
        <source>is already used by another report</source>
        <translation>wird schon von einem anderen Bericht verwendet</translation>
    </message>
    <message>
        <source>is already used by another role</source>
        <translation>wird schon von einer anderen Rolle verwendet</translation>
    </message>
    <message>
        <source>is already used by another user</source>
        <translation>wird schon von einem anderen Benutzer verwendet</translation>
    </message>
    <message>
        <source>is already used by another wall of yours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is already used by another {what}</source>
        <translation>ist schon vergeben ({what})</translation>
    </message>
    <message>
        <source>is already used by {by}</source>
        <translation>wird schon von {by} verwendet</translation>
    </message>
    <message>
        <source>is always there</source>
        <translation>ist fest vorhanden</translation>
    </message>
    <message>
        <source>is an archive or a workbook; a workspace file is a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is before the start</source>
        <translation>liegt vor dem Beginn</translation>
    </message>
    <message>
        <source>is being recorded already</source>
        <translation>wird schon aufgezeichnet</translation>
    </message>
    <message>
        <source>is below 0</source>
        <translation>liegt unter 0</translation>
    </message>
    <message>
        <source>is below zero</source>
        <translation>liegt unter null</translation>
    </message>
    <message>
        <source>is changed in a dialog of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is cut off</source>
        <translation>ist abgeschnitten</translation>
    </message>
    <message>
        <source>is damaged ({error})</source>
        <translation>ist beschädigt ({error})</translation>
    </message>
    <message>
        <source>is damaged or of another kind: a field is unknown</source>
        <translation>ist beschädigt oder von anderer Art: Ein Feld ist unbekannt</translation>
    </message>
    <message>
        <source>is damaged, or was changed by somebody else</source>
        <translation>ist beschädigt oder wurde von jemand anderem geändert</translation>
    </message>
    <message>
        <source>is damaged: a number is cut off</source>
        <translation>ist beschädigt: Eine Zahl ist abgeschnitten</translation>
    </message>
    <message>
        <source>is damaged: its end is missing</source>
        <translation>ist beschädigt: Das Ende fehlt</translation>
    </message>
    <message>
        <source>is damaged: its head was changed</source>
        <translation>ist beschädigt: Der Kopf wurde geändert</translation>
    </message>
    <message>
        <source>is easy to guess: it is mostly your user name, a name of this place, or words that are tried first</source>
        <translation>ist leicht zu erraten: Es besteht zum größten Teil aus Ihrem Benutzernamen, einem Namen von hier oder Wörtern, die zuerst ausprobiert werden</translation>
    </message>
    <message>
        <source>is easy to guess: it is one of the passwords that many people use</source>
        <translation>ist leicht zu erraten: Es ist eines der Passwörter, die viele verwenden</translation>
    </message>
    <message>
        <source>is easy to guess: it is put together from common words, names, dates or keys side by side; please add another word or two</source>
        <translation>ist leicht zu erraten: Es ist aus gängigen Wörtern, Namen, Daten oder benachbarten Tasten zusammengesetzt; bitte fügen Sie ein oder zwei Wörter hinzu</translation>
    </message>
    <message>
        <source>is empty</source>
        <translation>ist leer</translation>
    </message>
    <message>
        <source>is given by the variable {name}, which wins</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is given in the address and in its own column; leave one of them empty</source>
        <translation>steht in der Adresse und in einer eigenen Spalte; lassen Sie eines davon leer</translation>
    </message>
    <message>
        <source>is going on already</source>
        <translation>läuft bereits</translation>
    </message>
    <message>
        <source>is going on already; {actor} began it</source>
        <translation>läuft bereits; begonnen hat: {actor}</translation>
    </message>
    <message>
        <source>is gone; choose another one</source>
        <translation>ist nicht mehr da; bitte wählen Sie neu</translation>
    </message>
    <message>
        <source>is in the future</source>
        <translation>liegt in der Zukunft</translation>
    </message>
    <message>
        <source>is in the local network and not allowed</source>
        <translation>ist im lokalen Netz und nicht erlaubt</translation>
    </message>
    <message>
        <source>is in the local network; allow that if it is meant</source>
        <translation>ist im lokalen Netz; erlauben Sie das, wenn es so gemeint ist</translation>
    </message>
    <message>
        <source>is kept by the login service; please change it there</source>
        <translation>wird vom Anmeldedienst verwaltet; bitte ändern Sie es dort</translation>
    </message>
    <message>
        <source>is kept for CamWatch itself; please choose another one</source>
        <translation>ist für CamWatch selbst reserviert; bitte wählen Sie einen anderen</translation>
    </message>
    <message>
        <source>is kept on a database server, which makes its own copies; ask whoever runs that server</source>
        <translation>liegt auf einem Datenbankserver, der eigene Kopien macht; fragen Sie, wer diesen Server betreibt</translation>
    </message>
    <message>
        <source>is larger than 1 MiB, so it is no list of certificates</source>
        <translation>ist größer als 1 MiB, also keine Liste von Zertifikaten</translation>
    </message>
    <message>
        <source>is larger than {most} MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is larger than {value} MiB</source>
        <translation>ist größer als {value} MiB</translation>
    </message>
    <message>
        <source>is longer than {longest_comment} characters</source>
        <translation>ist länger als {longest_comment} Zeichen</translation>
    </message>
    <message>
        <source>is longer than {longest_name} characters</source>
        <translation>ist länger als {longest_name} Zeichen</translation>
    </message>
    <message>
        <source>is longer than {longest_url} characters</source>
        <translation>ist länger als {longest_url} Zeichen</translation>
    </message>
    <message>
        <source>is longer than {longest} characters</source>
        <translation>ist länger als {longest} Zeichen</translation>
    </message>
    <message>
        <source>is longer than {most} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing</source>
        <translation>fehlt</translation>
    </message>
    <message>
        <source>is missing, or not of its kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing; a password needs one</source>
        <translation>fehlt; ein Passwort braucht einen</translation>
    </message>
    <message>
        <source>is missing; say why in a few words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing; write it behind the address, or into the column path</source>
        <translation>fehlt; schreiben Sie ihn hinter die Adresse oder in die Spalte path</translation>
    </message>
    <message>
        <source>is more than {days} days ago</source>
        <translation>liegt mehr als {days} Tage zurück</translation>
    </message>
    <message>
        <source>is more than {value} days away</source>
        <translation>liegt mehr als {value} Tage in der Zukunft</translation>
    </message>
    <message>
        <source>is named for passages, and for nothing else</source>
        <translation>wird nur bei Durchgängen angegeben, und dort immer</translation>
    </message>
    <message>
        <source>is needed</source>
        <translation>wird benötigt</translation>
    </message>
    <message>
        <source>is needed by the role {name}</source>
        <translation>wird von der Rolle {name} verlangt</translation>
    </message>
    <message>
        <source>is needed by this gateway</source>
        <translation>wird von diesem Gateway benötigt</translation>
    </message>
    <message>
        <source>is needed with SMTP_PASSWORD</source>
        <translation>wird zu SMTP_PASSWORD benötigt</translation>
    </message>
    <message>
        <source>is needed with SMTP_USER</source>
        <translation>wird zu SMTP_USER benötigt</translation>
    </message>
    <message>
        <source>is needed with a password</source>
        <translation>wird zu einem Passwort benötigt</translation>
    </message>
    <message>
        <source>is needed with a user name</source>
        <translation>wird zu einem Benutzernamen benötigt</translation>
    </message>
    <message>
        <source>is needed, or a phone number</source>
        <translation>wird benötigt, oder eine Telefonnummer</translation>
    </message>
    <message>
        <source>is needed, or how many passed outwards</source>
        <translation>wird benötigt, oder die Zahl der Durchgänge hinaus</translation>
    </message>
    <message>
        <source>is needed, since a header has {secret}</source>
        <translation>wird benötigt, denn eine Kopfzeile enthält {secret}</translation>
    </message>
    <message>
        <source>is needed, so that the wall can be found again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed: a number of the account, or its messaging service</source>
        <translation>wird benötigt: eine Nummer des Kontos oder sein Nachrichtendienst</translation>
    </message>
    <message>
        <source>is needed: choose the e-mail channel to send with</source>
        <translation>wird benötigt: Wählen Sie den E-Mail-Kanal, über den gesendet wird</translation>
    </message>
    <message>
        <source>is needed: others must know why</source>
        <translation>ist nötig: Andere müssen wissen, warum</translation>
    </message>
    <message>
        <source>is needed: the domain behind the number, such as sms.example</source>
        <translation>wird benötigt: die Domain hinter der Nummer, zum Beispiel sms.example</translation>
    </message>
    <message>
        <source>is needed: whoever takes over must know why</source>
        <translation>wird benötigt: Wer übernimmt, muss wissen, warum</translation>
    </message>
    <message>
        <source>is needed{hint}</source>
        <translation>wird benötigt{hint}</translation>
    </message>
    <message>
        <source>is neither a host name nor an address such as 192.168.1.20</source>
        <translation>ist weder ein Hostname noch eine Adresse wie 192.168.1.20</translation>
    </message>
    <message>
        <source>is nested too deeply</source>
        <translation>ist zu tief verschachtelt</translation>
    </message>
    <message>
        <source>is no Caffe model</source>
        <translation>ist kein Caffe-Modell</translation>
    </message>
    <message>
        <source>is no ONNX file</source>
        <translation>ist keine ONNX-Datei</translation>
    </message>
    <message>
        <source>is no PDF file, or is too large</source>
        <translation>ist keine PDF-Datei oder ist zu groß</translation>
    </message>
    <message>
        <source>is no address</source>
        <translation>ist keine Adresse</translation>
    </message>
    <message>
        <source>is no address of a computer</source>
        <translation>ist keine Adresse eines Computers</translation>
    </message>
    <message>
        <source>is no address of a device</source>
        <translation>ist keine Adresse eines Geräts</translation>
    </message>
    <message>
        <source>is no address, such as {example}</source>
        <translation>ist keine Adresse wie {example}</translation>
    </message>
    <message>
        <source>is no country in two letters, such as DE</source>
        <translation>ist kein Land in zwei Buchstaben, zum Beispiel DE</translation>
    </message>
    <message>
        <source>is no domain, such as sms.example</source>
        <translation>ist keine Domain, zum Beispiel sms.example</translation>
    </message>
    <message>
        <source>is no domain, such as sms.example.com</source>
        <translation>ist keine Domain, zum Beispiel sms.example.com</translation>
    </message>
    <message>
        <source>is no field of a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no file</source>
        <translation>ist keine Datei</translation>
    </message>
    <message>
        <source>is no file that can be read here</source>
        <translation>ist keine Datei, die sich hier lesen lässt</translation>
    </message>
    <message>
        <source>is no frozen graph of TensorFlow</source>
        <translation>ist kein eingefrorener Graph von TensorFlow</translation>
    </message>
    <message>
        <source>is no number that could be called; count its digits</source>
        <translation>ist keine Nummer, die man anrufen könnte; zählen Sie die Ziffern nach</translation>
    </message>
    <message>
        <source>is no part of a view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no phone number, such as {example}</source>
        <translation>ist keine Telefonnummer, zum Beispiel {example}</translation>
    </message>
    <message>
        <source>is no section</source>
        <translation>ist kein Abschnitt</translation>
    </message>
    <message>
        <source>is no setting of this CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no setting that a file brings in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no text file</source>
        <translation>ist keine Textdatei</translation>
    </message>
    <message>
        <source>is no time zone; write it like Europe/Berlin</source>
        <translation>ist keine Zeitzone; schreiben Sie sie wie Europe/Berlin</translation>
    </message>
    <message>
        <source>is no wall that CamWatch has saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no way that there is</source>
        <translation>ist kein bekannter Weg</translation>
    </message>
    <message>
        <source>is no workspace file of CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is none of {names}{export}</source>
        <translation>ist keine Datei der Art {names}{export}</translation>
    </message>
    <message>
        <source>is none that there is</source>
        <translation>ist nicht bekannt</translation>
    </message>
    <message>
        <source>is not JSON ({error})</source>
        <translation>ist kein JSON ({error})</translation>
    </message>
    <message>
        <source>is not JSON from line {line} on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not TOML: {error}</source>
        <translation>ist kein TOML: {error}</translation>
    </message>
    <message>
        <source>is not a UUID</source>
        <translation>ist keine UUID</translation>
    </message>
    <message>
        <source>is not a complete address, such as 192.168.1.20</source>
        <translation>ist keine vollständige Adresse wie 192.168.1.20</translation>
    </message>
    <message>
        <source>is not a complete address; write all four numbers, such as 192.168.1.20</source>
        <translation>ist keine vollständige Adresse; schreiben Sie alle vier Zahlen, zum Beispiel 192.168.1.20</translation>
    </message>
    <message>
        <source>is not a file</source>
        <translation>ist keine Datei</translation>
    </message>
    <message>
        <source>is not a host name</source>
        <translation>ist kein Hostname</translation>
    </message>
    <message>
        <source>is not a text file; save the list as CSV, in UTF-8</source>
        <translation>ist keine Textdatei; speichern Sie die Liste als CSV, in UTF-8</translation>
    </message>
    <message>
        <source>is not a vault of CamWatch, or its beginning is damaged</source>
        <translation>ist kein Tresor von CamWatch, oder der Anfang ist beschädigt</translation>
    </message>
    <message>
        <source>is not a whole JPEG file</source>
        <translation>ist keine vollständige JPEG-Datei</translation>
    </message>
    <message>
        <source>is not above zero</source>
        <translation>liegt nicht über null</translation>
    </message>
    <message>
        <source>is not an address</source>
        <translation>ist keine Adresse</translation>
    </message>
    <message>
        <source>is not being set up; please begin anew</source>
        <translation>wird gerade nicht eingerichtet; bitte beginnen Sie von vorn</translation>
    </message>
    <message>
        <source>is not counted now, so there is nothing to audit</source>
        <translation>wird zurzeit nicht gezählt, daher gibt es nichts zu prüfen</translation>
    </message>
    <message>
        <source>is not currently accepting connections</source>
        <translation>is not currently accepting connections</translation>
    </message>
    <message>
        <source>is not from 1 to 120 seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not from 5 minutes to 8 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not in UTF-8; save it in that encoding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not of its kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not permitted to log in</source>
        <translation>is not permitted to log in</translation>
    </message>
    <message>
        <source>is not possible here: a demonstration sends nothing</source>
        <translation>ist hier nicht möglich: Eine Vorführung sendet nichts</translation>
    </message>
    <message>
        <source>is not switched on</source>
        <translation>ist nicht eingeschaltet</translation>
    </message>
    <message>
        <source>is not text</source>
        <translation>ist kein Text</translation>
    </message>
    <message>
        <source>is not there any more; put it back</source>
        <translation>ist nicht mehr da; legen Sie die Datei zurück</translation>
    </message>
    <message>
        <source>is not there: all {count} simulated cameras are in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not there: this program simulates no cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is of ONNX Runtime&apos;s own format; export it to ONNX</source>
        <translation>hat das eigene Format von ONNX Runtime; exportieren Sie das Modell nach ONNX</translation>
    </message>
    <message>
        <source>is of a camera that is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is of a kind that CamWatch does not recognise. For a picture of {input_wh} x {input_wh2} pixels it gives: {outputs_said}. Write a file {sidecar_name} beside it that names its family, see “Your own model” in docs/models.md</source>
        <translation>ist von einer Art, die CamWatch nicht erkennt. Für ein Bild von {input_wh} x {input_wh2} Pixeln liefert es: {outputs_said}. Legen Sie eine Datei {sidecar_name} daneben, die seine Familie nennt; siehe „Your own model“ in docs/models.md</translation>
    </message>
    <message>
        <source>is of another kind than the recording</source>
        <translation>ist von anderer Art als die Aufnahme</translation>
    </message>
    <message>
        <source>is of another recording</source>
        <translation>gehört zu einer anderen Aufnahme</translation>
    </message>
    <message>
        <source>is of the family {family}, whose boxes are always in one unit</source>
        <translation>gehört zur Familie {family}, deren Rahmen immer dieselbe Einheit haben</translation>
    </message>
    <message>
        <source>is of version {found}, of a newer CamWatch; this one reads version {known}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is one too many: there are {most_roles} roles already</source>
        <translation>ist einer zu viel: Es gibt schon {most_roles} Rollen</translation>
    </message>
    <message>
        <source>is one too many: there are {most} already</source>
        <translation>ist einer zu viel: Es gibt schon {most}</translation>
    </message>
    <message>
        <source>is one too many: {most} share this history already</source>
        <translation>ist einer zu viel: {most} teilen sich diesen Verlauf schon</translation>
    </message>
    <message>
        <source>is only a pointer to the file (Git LFS)</source>
        <translation>ist nur der Verweis auf die Datei (Git LFS)</translation>
    </message>
    <message>
        <source>is passed both ways, which this form cannot tell</source>
        <translation>wird in beiden Richtungen durchschritten, was diese Form nicht ausdrücken kann</translation>
    </message>
    <message>
        <source>is past</source>
        <translation>ist schon vorbei</translation>
    </message>
    <message>
        <source>is refused by OpenCV ({said})</source>
        <translation>wird von OpenCV abgelehnt ({said})</translation>
    </message>
    <message>
        <source>is refused by OpenCV ({said}){advice}</source>
        <translation>wird von OpenCV abgelehnt ({said}){advice}</translation>
    </message>
    <message>
        <source>is refused: {problem}</source>
        <translation>wird abgelehnt: {problem}</translation>
    </message>
    <message>
        <source>is set up by the environment variables SMTP_HOST and so on; change those</source>
        <translation>ist durch Umgebungsvariablen wie SMTP_HOST eingerichtet; ändern Sie diese</translation>
    </message>
    <message>
        <source>is something else</source>
        <translation>ist etwas anderes</translation>
    </message>
    <message>
        <source>is still running</source>
        <translation>läuft noch</translation>
    </message>
    <message>
        <source>is that of another camera here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is the one you have now; please choose another one</source>
        <translation>ist Ihr jetziges; bitte wählen Sie ein anderes</translation>
    </message>
    <message>
        <source>is the only one in a group that a step of {quoted} tells; change that first</source>
        <translation>steht allein in einer Gruppe, die ein Schritt von {quoted} benachrichtigt; ändern Sie das zuerst</translation>
    </message>
    <message>
        <source>is the only one in a step of {quoted}; change that first</source>
        <translation>steht allein in einem Schritt von {quoted}; ändern Sie das zuerst</translation>
    </message>
    <message>
        <source>is the usual one, which is always there</source>
        <translation>ist der übliche; den gibt es immer</translation>
    </message>
    <message>
        <source>is there twice in a row</source>
        <translation>kommt zweimal hintereinander vor</translation>
    </message>
    <message>
        <source>is there twice in the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is this computer itself and not allowed</source>
        <translation>ist dieser Computer selbst und nicht erlaubt</translation>
    </message>
    <message>
        <source>is too far away: more than {most_buckets:,} points; choose longer steps</source>
        <translation>liegt zu weit weg: mehr als {most_buckets:,} Punkte; wählen Sie größere Schritte</translation>
    </message>
    <message>
        <source>is too large</source>
        <translation>ist zu groß</translation>
    </message>
    <message>
        <source>is too large for a list of users: 1 MiB is the most</source>
        <translation>ist zu groß für eine Benutzerliste: höchstens 1 MiB</translation>
    </message>
    <message>
        <source>is too large for a picture</source>
        <translation>ist zu groß für ein Bild</translation>
    </message>
    <message>
        <source>is too large for a recording</source>
        <translation>ist zu groß für eine Aufnahme</translation>
    </message>
    <message>
        <source>is too large for a wall: {most} KiB at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large to be a vault</source>
        <translation>ist zu groß für einen Tresor</translation>
    </message>
    <message>
        <source>is too large: {value} MiB of at most {value2}</source>
        <translation>ist zu groß: {value} MiB, höchstens {value2} sind erlaubt</translation>
    </message>
    <message>
        <source>is too large; it grew while it was read</source>
        <translation>ist zu groß; beim Lesen wurde sie größer</translation>
    </message>
    <message>
        <source>is too long for a name and an address</source>
        <translation>ist zu lang für einen Namen und eine Adresse</translation>
    </message>
    <message>
        <source>is too long or has invisible characters</source>
        <translation>ist zu lang oder enthält unsichtbare Zeichen</translation>
    </message>
    <message>
        <source>is unknown</source>
        <translation>ist unbekannt</translation>
    </message>
    <message>
        <source>is unknown; did you mean {close}?</source>
        <translation>ist unbekannt; meinten Sie {close}?</translation>
    </message>
    <message>
        <source>is used by {names}; change that first</source>
        <translation>wird verwendet von {names}; ändern Sie das zuerst</translation>
    </message>
    <message>
        <source>is used by {names}; give them another plan first</source>
        <translation>wird verwendet von {names}; geben Sie ihnen zuerst einen anderen Plan</translation>
    </message>
    <message>
        <source>is used by “{name}”; change that first</source>
        <translation>wird von „{name}“ verwendet; ändern Sie das zuerst</translation>
    </message>
    <message>
        <source>it answers on this computer, port {port}</source>
        <translation>antwortet auf diesem Computer, Port {port}</translation>
    </message>
    <message>
        <source>it asks to be tried later</source>
        <translation>späterer Versuch erbeten</translation>
    </message>
    <message>
        <source>it broke off the connection</source>
        <translation>Verbindung abgebrochen</translation>
    </message>
    <message>
        <source>it cannot be checked</source>
        <translation>es lässt sich nicht prüfen</translation>
    </message>
    <message>
        <source>it cannot be reached</source>
        <translation>nicht erreichbar</translation>
    </message>
    <message>
        <source>it cannot be started: {strerror}</source>
        <translation>der Prozess lässt sich nicht starten: {strerror}</translation>
    </message>
    <message>
        <source>it cannot be understood</source>
        <translation>die Antwort ist nicht zu verstehen</translation>
    </message>
    <message>
        <source>it closed its output</source>
        <translation>der Prozess schloss seine Ausgabe</translation>
    </message>
    <message>
        <source>it did not answer in time</source>
        <translation>keine rechtzeitige Antwort</translation>
    </message>
    <message>
        <source>it does not say whether a token holds</source>
        <translation>die Antwort sagt nicht, ob ein Token gilt</translation>
    </message>
    <message>
        <source>it does not speak HTTP</source>
        <translation>die Gegenseite spricht kein HTTP</translation>
    </message>
    <message>
        <source>it ended with code {code}</source>
        <translation>der Prozess endete mit Code {code}</translation>
    </message>
    <message>
        <source>it failed too often and rests</source>
        <translation>sie fiel zu oft aus und pausiert</translation>
    </message>
    <message>
        <source>it had not held long enough</source>
        <translation>es hatte nicht lange genug angedauert</translation>
    </message>
    <message>
        <source>it has an error of its own</source>
        <translation>eigener Fehler der Gegenstelle</translation>
    </message>
    <message>
        <source>it has expired, so it may be an old one that somebody repeats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds no name that can be shown</source>
        <translation>das Token enthält keinen Namen, der sich anzeigen lässt</translation>
    </message>
    <message>
        <source>it is busy</source>
        <translation>sie ist beschäftigt</translation>
    </message>
    <message>
        <source>it is compressed</source>
        <translation>die Antwort ist komprimiert</translation>
    </message>
    <message>
        <source>it is no JSON</source>
        <translation>die Antwort ist kein JSON</translation>
    </message>
    <message>
        <source>it is no JSON object</source>
        <translation>die Antwort ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>it is not plugged in</source>
        <translation>sie ist nicht angeschlossen</translation>
    </message>
    <message>
        <source>it is not set up</source>
        <translation>nicht eingerichtet</translation>
    </message>
    <message>
        <source>it is older than one that was seen before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is posted nowhere</source>
        <translation>es wird nirgendwohin gesendet</translation>
    </message>
    <message>
        <source>it is posted to {name}</source>
        <translation>es wird an {name} gesendet</translation>
    </message>
    <message>
        <source>it is signed with another key</source>
        <translation>das Token ist mit einem anderen Schlüssel signiert</translation>
    </message>
    <message>
        <source>it is {state}</source>
        <translation>Zustand: {state}</translation>
    </message>
    <message>
        <source>it leads elsewhere, where CamWatch does not follow</source>
        <translation>Verweis auf eine andere Adresse, dem CamWatch nicht folgt</translation>
    </message>
    <message>
        <source>it made no sense</source>
        <translation>die Meldung ergab keinen Sinn</translation>
    </message>
    <message>
        <source>it may not be written</source>
        <translation>er ist schreibgeschützt</translation>
    </message>
    <message>
        <source>it offers no encryption, so nothing was sent</source>
        <translation>keine Verschlüsselung angeboten, deshalb wurde nichts gesendet</translation>
    </message>
    <message>
        <source>it offers no video</source>
        <translation>sie bietet kein Video an</translation>
    </message>
    <message>
        <source>it only knows a version of TLS older than 1.2</source>
        <translation>sie kennt nur eine TLS-Version vor 1.2</translation>
    </message>
    <message>
        <source>it points to another address</source>
        <translation>Verweis auf eine andere Adresse</translation>
    </message>
    <message>
        <source>it refused the connection</source>
        <translation>Verbindung abgelehnt</translation>
    </message>
    <message>
        <source>it refused the message</source>
        <translation>Nachricht abgelehnt</translation>
    </message>
    <message>
        <source>it refused to let CamWatch sign in</source>
        <translation>Anmeldung von CamWatch abgelehnt</translation>
    </message>
    <message>
        <source>it refuses the connection</source>
        <translation>sie lehnt die Verbindung ab</translation>
    </message>
    <message>
        <source>it refuses the password</source>
        <translation>sie lehnt das Passwort ab</translation>
    </message>
    <message>
        <source>it refuses this user</source>
        <translation>sie lehnt diesen Benutzer ab</translation>
    </message>
    <message>
        <source>it reports a fault of its own</source>
        <translation>sie meldet einen eigenen Fehler</translation>
    </message>
    <message>
        <source>it says that it is gone for good</source>
        <translation>laut Gegenstelle endgültig entfernt</translation>
    </message>
    <message>
        <source>it sends a web page instead of a picture</source>
        <translation>sie sendet eine Webseite statt eines Bildes</translation>
    </message>
    <message>
        <source>it sends no JPEG or PNG picture</source>
        <translation>sie sendet kein JPEG- oder PNG-Bild</translation>
    </message>
    <message>
        <source>it sends nothing</source>
        <translation>sie sendet nichts</translation>
    </message>
    <message>
        <source>it sends us elsewhere</source>
        <translation>sie verweist an eine andere Adresse</translation>
    </message>
    <message>
        <source>it shows none that is trusted</source>
        <translation>er zeigt keinen Schlüssel, dem vertraut wird</translation>
    </message>
    <message>
        <source>it wants the password in the clear</source>
        <translation>Passwort im Klartext verlangt</translation>
    </message>
    <message>
        <source>it wants the password unencrypted</source>
        <translation>sie will das Passwort unverschlüsselt</translation>
    </message>
    <message>
        <source>it was broken off</source>
        <translation>wurde abgebrochen</translation>
    </message>
    <message>
        <source>it was not waited for</source>
        <translation>die Antwort wurde nicht abgewartet</translation>
    </message>
    <message>
        <source>it was set backwards by {by:,.0f} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was set forwards by {by:,.0f} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it {reason}</source>
        <translation>die Adresse {reason}</translation>
    </message>
    <message>
        <source>its ONVIF service is set to plain http, which its password is not sent over</source>
        <translation>der ONVIF-Dienst ist auf einfaches http eingestellt, worüber das Passwort nicht gesendet wird</translation>
    </message>
    <message>
        <source>its address is not allowed</source>
        <translation>Adresse nicht erlaubt</translation>
    </message>
    <message>
        <source>its address is not permitted</source>
        <translation>Adresse nicht zulässig</translation>
    </message>
    <message>
        <source>its address may not be asked</source>
        <translation>ihre Adresse darf nicht abgefragt werden</translation>
    </message>
    <message>
        <source>its address would hold a password for everybody to read, so it is not used</source>
        <translation>die Adresse würde ein Passwort für alle lesbar enthalten, daher wird sie nicht verwendet</translation>
    </message>
    <message>
        <source>its answer defines entities</source>
        <translation>ihre Antwort definiert Entitäten</translation>
    </message>
    <message>
        <source>its answer is compressed</source>
        <translation>Antwort ist komprimiert</translation>
    </message>
    <message>
        <source>its answer is larger than 64 KiB</source>
        <translation>seine Antwort ist größer als 64 KiB</translation>
    </message>
    <message>
        <source>its answer is not HTTP</source>
        <translation>Antwort ist kein HTTP</translation>
    </message>
    <message>
        <source>its answer is not XML that can be read</source>
        <translation>ihre Antwort ist kein lesbares XML</translation>
    </message>
    <message>
        <source>its answer is out of bounds</source>
        <translation>Antwort außerhalb der Grenzen</translation>
    </message>
    <message>
        <source>its answer makes no sense</source>
        <translation>die Antwort ergibt keinen Sinn</translation>
    </message>
    <message>
        <source>its answer to {what} is none of SMTP</source>
        <translation>seine Antwort ist kein SMTP (Schritt: {what})</translation>
    </message>
    <message>
        <source>its certificate has expired</source>
        <translation>ihr Zertifikat ist abgelaufen</translation>
    </message>
    <message>
        <source>its certificate is another one</source>
        <translation>ihr Zertifikat ist ein anderes</translation>
    </message>
    <message>
        <source>its certificate is not known</source>
        <translation>ihr Zertifikat ist nicht bekannt</translation>
    </message>
    <message>
        <source>its certificate is not to be trusted, so nothing was sent</source>
        <translation>Zertifikat nicht vertrauenswürdig, deshalb wurde nichts gesendet</translation>
    </message>
    <message>
        <source>its certificate is not trusted yet</source>
        <translation>ihrem Zertifikat wird noch nicht vertraut</translation>
    </message>
    <message>
        <source>its certificate was changed</source>
        <translation>ihr Zertifikat wurde geändert</translation>
    </message>
    <message>
        <source>its e-mail channel is gone or switched off</source>
        <translation>der E-Mail-Kanal wurde entfernt oder ausgeschaltet</translation>
    </message>
    <message>
        <source>its escalation plan is not here: it takes the usual one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its file has ended</source>
        <translation>ihre Datei ist zu Ende</translation>
    </message>
    <message>
        <source>its file is gone</source>
        <translation>seine Datei ist weg</translation>
    </message>
    <message>
        <source>its file is gone; install CamWatch again</source>
        <translation>seine Datei ist weg; installieren Sie CamWatch neu</translation>
    </message>
    <message>
        <source>its key set cannot be read</source>
        <translation>sein Schlüsselsatz lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>its kind of video is not understood</source>
        <translation>ihre Art von Video wird nicht verstanden</translation>
    </message>
    <message>
        <source>its line has more cells than there are columns</source>
        <translation>hat eine Zeile mit mehr Zellen, als es Spalten gibt</translation>
    </message>
    <message>
        <source>its name cannot be one</source>
        <translation>so kann kein Name lauten</translation>
    </message>
    <message>
        <source>its name is not known</source>
        <translation>der Name ist nicht bekannt</translation>
    </message>
    <message>
        <source>its name is not known in the network</source>
        <translation>ihr Name ist im Netz nicht bekannt</translation>
    </message>
    <message>
        <source>its name was not found in the network</source>
        <translation>Name im Netzwerk nicht gefunden</translation>
    </message>
    <message>
        <source>its network cannot be reached</source>
        <translation>Netzwerk nicht erreichbar</translation>
    </message>
    <message>
        <source>its password cannot be read now</source>
        <translation>Passwort zurzeit nicht lesbar</translation>
    </message>
    <message>
        <source>its password is locked away</source>
        <translation>ihr Passwort ist gesperrt</translation>
    </message>
    <message>
        <source>its password is missing</source>
        <translation>ihr Passwort fehlt</translation>
    </message>
    <message>
        <source>its picture needs too much memory</source>
        <translation>ihr Bild braucht zu viel Arbeitsspeicher</translation>
    </message>
    <message>
        <source>its pictures are damaged</source>
        <translation>ihre Bilder sind beschädigt</translation>
    </message>
    <message>
        <source>its pictures break off</source>
        <translation>ihre Bilder brechen ab</translation>
    </message>
    <message>
        <source>its refresh token cannot be one</source>
        <translation>das Aktualisierungstoken darin kann keines sein</translation>
    </message>
    <message>
        <source>its sign-in is not known here</source>
        <translation>ihre Art der Anmeldung ist hier nicht bekannt</translation>
    </message>
    <message>
        <source>its sign-in is not known here: Digest {names}</source>
        <translation>ihre Art der Anmeldung ist hier nicht bekannt: Digest {names}</translation>
    </message>
    <message>
        <source>its signature is not that of CamWatch&apos;s makers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its stream stands still</source>
        <translation>ihr Stream steht still</translation>
    </message>
    <message>
        <source>its stream stopped</source>
        <translation>ihr Stream ist stehen geblieben</translation>
    </message>
    <message>
        <source>its user may not see pictures</source>
        <translation>ihr Benutzer darf keine Bilder sehen</translation>
    </message>
    <message>
        <source>its video is {told}</source>
        <translation>ihr Video ist {told}</translation>
    </message>
    <message>
        <source>its video needs more than is granted</source>
        <translation>ihr Video braucht mehr, als erlaubt ist</translation>
    </message>
    <message>
        <source>its {claim} is missing</source>
        <translation>dem Token fehlt {claim}</translation>
    </message>
    <message>
        <source>joined the sound that is being played</source>
        <translation>mit dem Ton gemeldet, der gerade abgespielt wird</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message>
        <source>keeps its weights in another file, which is not allowed</source>
        <translation>hat die Gewichte in einer anderen Datei, was nicht erlaubt ist</translation>
    </message>
    <message>
        <source>keeps no pictures in which people could be counted; its privacy would have to be open or blurred</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept in the history until they are sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept quiet</source>
        <translation>nicht gemeldet</translation>
    </message>
    <message>
        <source>kept {kept}</source>
        <translation>{kept} aufbewahrt</translation>
    </message>
    <message>
        <source>known for {percent}</source>
        <translation>zu {percent} bekannt</translation>
    </message>
    <message>
        <source>lacks a name where one must be</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lacks a number where one must be</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>last picture</source>
        <translation>letztes Bild</translation>
    </message>
    <message>
        <source>last proven {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lasted {age}</source>
        <translation>dauerte {age}</translation>
    </message>
    <message>
        <source>left alone after many failures</source>
        <translation>nach vielen Fehlschlägen in Ruhe gelassen</translation>
    </message>
    <message>
        <source>less than 1</source>
        <translation>weniger als 1</translation>
    </message>
    <message>
        <source>less than half measured</source>
        <translation>weniger als die Hälfte gemessen</translation>
    </message>
    <message>
        <source>lies before the history</source>
        <translation>liegt vor dem Beginn des Verlaufs</translation>
    </message>
    <message>
        <source>lies in the future</source>
        <translation>liegt in der Zukunft</translation>
    </message>
    <message>
        <source>lift the privacy of cameras, or let it hide less</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>line {line}</source>
        <translation>Zeile {line}</translation>
    </message>
    <message>
        <source>line {line} of this list</source>
        <translation>Zeile {line} dieser Liste</translation>
    </message>
    <message>
        <source>lines and gates</source>
        <translation>Linien und Toren</translation>
    </message>
    <message>
        <source>lines or gates</source>
        <translation>Linien oder Tore</translation>
    </message>
    <message>
        <source>lines, zones or masks</source>
        <translation>Linien, Zonen oder Masken</translation>
    </message>
    <message>
        <source>live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live, but slow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>looking at {host}</source>
        <translation>Untersuchung von {host}</translation>
    </message>
    <message>
        <source>made it more serious</source>
        <translation>hat ihn höher eingestuft</translation>
    </message>
    <message>
        <source>mail server</source>
        <translation>Mailserver</translation>
    </message>
    <message>
        <source>make edges that cross or touch, from corner {crossing} and from corner {crossing2}; go round the area in order</source>
        <translation>bilden Kanten, die sich kreuzen oder berühren, ab Ecke {crossing} und ab Ecke {crossing2}; umfahren Sie die Fläche der Reihe nach</translation>
    </message>
    <message>
        <source>manage users and roles</source>
        <translation>Benutzer und Rollen verwalten</translation>
    </message>
    <message>
        <source>manage where and how long the history is kept</source>
        <translation>verwalten, wo und wie lange der Verlauf aufbewahrt wird</translation>
    </message>
    <message>
        <source>may be read by other users of this computer (its mode is {mode:04o}). Make it yours alone (chmod 600), and change its passphrase, for they may have copied it</source>
        <translation>darf von anderen Benutzern dieses Computers gelesen werden (Modus {mode:04o}). Beschränken Sie den Zugriff auf sich allein (chmod 600), und ändern Sie die Passphrase, denn andere könnten die Datei kopiert haben</translation>
    </message>
    <message>
        <source>may be {most_addresses} at most</source>
        <translation>dürfen höchstens {most_addresses} sein</translation>
    </message>
    <message>
        <source>may be {most_fields} at most</source>
        <translation>dürfen höchstens {most_fields} sein</translation>
    </message>
    <message>
        <source>may be {most_headers} at most</source>
        <translation>dürfen höchstens {most_headers} sein</translation>
    </message>
    <message>
        <source>may be {most_steps} at most</source>
        <translation>dürfen höchstens {most_steps} sein</translation>
    </message>
    <message>
        <source>may do what you may not do yourself: {replace}</source>
        <translation>darf etwas, das Sie selbst nicht dürfen: {replace}</translation>
    </message>
    <message>
        <source>may have a name of {longest_name} characters at most</source>
        <translation>darf einen Namen von höchstens {longest_name} Zeichen haben</translation>
    </message>
    <message>
        <source>may have neither ? nor #</source>
        <translation>darf weder ? noch # enthalten</translation>
    </message>
    <message>
        <source>may have no #</source>
        <translation>darf kein # enthalten</translation>
    </message>
    <message>
        <source>may have no blanks, backslashes or invisible characters</source>
        <translation>darf keine Leerzeichen, umgekehrten Schrägstriche oder unsichtbaren Zeichen enthalten</translation>
    </message>
    <message>
        <source>may have no extension; text messages cannot reach one</source>
        <translation>darf keine Durchwahl haben; eine SMS erreicht keine</translation>
    </message>
    <message>
        <source>may have no line breaks or invisible characters</source>
        <translation>darf keine Zeilenumbrüche oder unsichtbaren Zeichen enthalten</translation>
    </message>
    <message>
        <source>may have no {what}</source>
        <translation>darf nicht enthalten: {what}</translation>
    </message>
    <message>
        <source>may have only letters, digits and . _ - @, and no blanks</source>
        <translation>darf nur Buchstaben, Ziffern und . _ - @ enthalten und keine Leerzeichen</translation>
    </message>
    <message>
        <source>may have only plain letters and no line breaks in {name}, at most 1,024</source>
        <translation>dürfen in {name} nur einfache Buchstaben (ASCII) und keine Zeilenumbrüche enthalten, höchstens 1.024</translation>
    </message>
    <message>
        <source>may have only plain letters behind the host; encode others</source>
        <translation>darf hinter dem Computernamen nur einfache Buchstaben enthalten; kodieren Sie andere</translation>
    </message>
    <message>
        <source>may have only plain letters, as it stands in a header</source>
        <translation>darf nur einfache Buchstaben (ASCII) enthalten, denn es steht in einer Kopfzeile</translation>
    </message>
    <message>
        <source>may have {longest:,} characters at most</source>
        <translation>darf höchstens {longest:,} Zeichen haben</translation>
    </message>
    <message>
        <source>may have {longest_address} characters at most</source>
        <translation>darf höchstens {longest_address} Zeichen haben</translation>
    </message>
    <message>
        <source>may have {longest_comment} characters; it has {count}</source>
        <translation>darf höchstens {longest_comment} Zeichen haben; es sind {count}</translation>
    </message>
    <message>
        <source>may have {longest_name} characters at most</source>
        <translation>darf höchstens {longest_name} Zeichen haben</translation>
    </message>
    <message>
        <source>may have {longest_password} characters at most</source>
        <translation>darf höchstens {longest_password} Zeichen haben</translation>
    </message>
    <message>
        <source>may have {longest_secret} characters at most</source>
        <translation>darf höchstens {longest_secret} Zeichen haben</translation>
    </message>
    <message>
        <source>may have {longest} characters at most</source>
        <translation>darf höchstens {longest} Zeichen haben</translation>
    </message>
    <message>
        <source>may have {most_addresses:,} addresses each (a /22), and {network} has {num_addresses:,}; search it in parts</source>
        <translation>dürfen je {most_addresses:,} Adressen haben (ein /22), und {network} hat {num_addresses:,}; durchsuchen Sie es in Teilen</translation>
    </message>
    <message>
        <source>may have {most_chosen:,} cameras and places at most</source>
        <translation>darf höchstens {most_chosen:,} Kameras und Stellen umfassen</translation>
    </message>
    <message>
        <source>may have {most_exceptions} exceptions at most</source>
        <translation>darf höchstens {most_exceptions} Ausnahmen haben</translation>
    </message>
    <message>
        <source>may have {most_lines} lines at most</source>
        <translation>darf höchstens {most_lines} Zeilen haben</translation>
    </message>
    <message>
        <source>may name only one address</source>
        <translation>darf nur eine Adresse nennen</translation>
    </message>
    <message>
        <source>may not hold a user name or a password</source>
        <translation>darf keinen Benutzernamen und kein Passwort enthalten</translation>
    </message>
    <message>
        <source>may not set {name}; Authorization and names with X- before are allowed</source>
        <translation>dürfen {name} nicht setzen; erlaubt sind Authorization und Namen, die mit X- beginnen</translation>
    </message>
    <message>
        <source>mean {mean:.1f} · peak {known:.0f} · {coverage}</source>
        <translation>Mittel {mean:.1f} · Spitze {known:.0f} · {coverage}</translation>
    </message>
    <message>
        <source>mean {mean:.1f}, peak {most}{peak:.0f}</source>
        <translation>Mittel {mean:.1f}, Spitze {most}{peak:.0f}</translation>
    </message>
    <message>
        <source>mean {mean:.1f}, peak {peak:.0f}</source>
        <translation>Mittel {mean:.1f}, Spitze {peak:.0f}</translation>
    </message>
    <message>
        <source>mean {mean:.1f}, peak {peak:.0f}, coverage {percent}</source>
        <translation>Mittel {mean:.1f}, Spitze {peak:.0f}, Abdeckung {percent}</translation>
    </message>
    <message>
        <source>measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message in the window</source>
        <translation>Hinweis im Fenster</translation>
    </message>
    <message>
        <source>message:</source>
        <translation>message:</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mixes alphabets whose letters look alike; please use only one of them</source>
        <translation>mischt Alphabete, deren Buchstaben sich ähneln; bitte verwenden Sie nur eines davon</translation>
    </message>
    <message>
        <source>more in than out</source>
        <translation>mehr hinein als hinaus</translation>
    </message>
    <message>
        <source>more out than in</source>
        <translation>mehr hinaus als hinein</translation>
    </message>
    <message>
        <source>more than {max_bytes} bytes</source>
        <translation>mehr als {max_bytes} Bytes</translation>
    </message>
    <message>
        <source>more than {max_file_bytes} bytes</source>
        <translation>mehr als {max_file_bytes} Bytes</translation>
    </message>
    <message>
        <source>more than {max_scans} scans</source>
        <translation>mehr als {max_scans} Durchläufe</translation>
    </message>
    <message>
        <source>more, fewer than usual</source>
        <translation>mehr, weniger als üblich</translation>
    </message>
    <message>
        <source>move cameras</source>
        <translation>Kameras bewegen</translation>
    </message>
    <message>
        <source>must be 0: what is excluded is unknown</source>
        <translation>muss 0 sein: Was ausgeschlossen ist, ist unbekannt</translation>
    </message>
    <message>
        <source>must be 1 to {longest_name} characters</source>
        <translation>muss 1 bis {longest_name} Zeichen haben</translation>
    </message>
    <message>
        <source>must be 1 to {most_ports} whole numbers from 1 to 65535</source>
        <translation>müssen 1 bis {most_ports} ganze Zahlen von 1 bis 65535 sein</translation>
    </message>
    <message>
        <source>must be STARTTLS with port {port}; TLS usually has port {tls_port}</source>
        <translation>muss bei Port {port} STARTTLS sein; TLS hat gewöhnlich Port {tls_port}</translation>
    </message>
    <message>
        <source>must be TLS or STARTTLS; nothing is sent without encryption</source>
        <translation>muss TLS oder STARTTLS sein; ohne Verschlüsselung wird nichts gesendet</translation>
    </message>
    <message>
        <source>must be TLS with port {tls_port}; STARTTLS usually has port 587</source>
        <translation>muss bei Port {tls_port} TLS sein; STARTTLS hat gewöhnlich Port 587</translation>
    </message>
    <message>
        <source>must be [width, height], each 32 to {longest_side}, or &quot;dynamic&quot;</source>
        <translation>muss [Breite, Höhe] sein, jeweils 32 bis {longest_side}, oder &quot;dynamic&quot;</translation>
    </message>
    <message>
        <source>must be a SHA-256 fingerprint of 64 hexadecimal digits</source>
        <translation>muss ein SHA-256-Fingerabdruck aus 64 hexadezimalen Ziffern sein</translation>
    </message>
    <message>
        <source>must be a UUID</source>
        <translation>muss eine UUID sein</translation>
    </message>
    <message>
        <source>must be a number of seconds, such as 1 or 0.5</source>
        <translation>muss eine Zahl von Sekunden sein, zum Beispiel 1 oder 0.5</translation>
    </message>
    <message>
        <source>must be a number such as 0, or a device such as /dev/video0</source>
        <translation>muss eine Nummer wie 0 oder ein Gerät wie /dev/video0 sein</translation>
    </message>
    <message>
        <source>must be a plan that is there</source>
        <translation>muss ein vorhandener Plan sein</translation>
    </message>
    <message>
        <source>must be a role that stays</source>
        <translation>muss eine Rolle sein, die bleibt</translation>
    </message>
    <message>
        <source>must be a whole minute</source>
        <translation>muss eine ganze Minute sein</translation>
    </message>
    <message>
        <source>must be a whole number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a whole number from 1 to 65535</source>
        <translation>muss eine ganze Zahl von 1 bis 65535 sein</translation>
    </message>
    <message>
        <source>must be a whole number from {least:,} to {most:,}{behind}</source>
        <translation>muss eine ganze Zahl von {least:,} bis {most:,}{behind} sein</translation>
    </message>
    <message>
        <source>must be a whole path from the root, such as /home/cam/door.mp4</source>
        <translation>muss ein vollständiger Pfad ab der Wurzel sein, zum Beispiel /home/cam/door.mp4</translation>
    </message>
    <message>
        <source>must be after the start</source>
        <translation>muss nach dem Beginn liegen</translation>
    </message>
    <message>
        <source>must be an e-mail channel that is set up</source>
        <translation>muss ein eingerichteter E-Mail-Kanal sein</translation>
    </message>
    <message>
        <source>must be an e-mail channel that is there</source>
        <translation>muss ein vorhandener E-Mail-Kanal sein</translation>
    </message>
    <message>
        <source>must be at least a day, or for ever</source>
        <translation>muss mindestens ein Tag oder unbegrenzt sein</translation>
    </message>
    <message>
        <source>must be at most {longest_days} days after the start</source>
        <translation>darf höchstens {longest_days} Tage nach dem Beginn liegen</translation>
    </message>
    <message>
        <source>must be cameras or sites: this is about whole cameras</source>
        <translation>muss aus Kameras oder Standorten bestehen: Hier geht es um ganze Kameras</translation>
    </message>
    <message>
        <source>must be chosen</source>
        <translation>muss gewählt werden</translation>
    </message>
    <message>
        <source>must be either cameras, or lines, gates and zones</source>
        <translation>muss entweder aus Kameras oder aus Linien, Toren und Zonen bestehen</translation>
    </message>
    <message>
        <source>must be empty: this is about the program, not about cameras</source>
        <translation>muss leer sein: Hier geht es um das Programm, nicht um Kameras</translation>
    </message>
    <message>
        <source>must be entered again, because the address changed: the old one is not sent to another device</source>
        <translation>muss neu eingegeben werden, denn die Adresse wurde geändert: Das alte wird nicht an ein anderes Gerät gesendet</translation>
    </message>
    <message>
        <source>must be entered again, because the address or its certificates changed: the old one is not sent to another place</source>
        <translation>muss neu eingegeben werden, denn die Adresse oder ihre Zertifikate wurden geändert: Das alte wird nicht an eine andere Stelle gesendet</translation>
    </message>
    <message>
        <source>must be from 1 to {most_days}</source>
        <translation>muss von 1 bis {most_days} sein</translation>
    </message>
    <message>
        <source>must be from {least:,g} to {most:,.0f}{behind}</source>
        <translation>muss von {least:,g} bis {most:,.0f}{behind} sein</translation>
    </message>
    <message>
        <source>must be from {shortest_s:g} to {longest_interval_s:g} seconds</source>
        <translation>muss von {shortest_s:g} bis {longest_interval_s:g} Sekunden sein</translation>
    </message>
    <message>
        <source>must be from {value:,} to {most_people:,}</source>
        <translation>muss zwischen {value:,} und {most_people:,} liegen</translation>
    </message>
    <message>
        <source>must be information, warning or critical</source>
        <translation>muss Information, Warnung oder kritisch sein</translation>
    </message>
    <message>
        <source>must be later than the start</source>
        <translation>muss nach dem Beginn liegen</translation>
    </message>
    <message>
        <source>must be named with its whole path</source>
        <translation>muss mit vollständigem Pfad angegeben sein</translation>
    </message>
    <message>
        <source>must be on this computer, not on another in the network</source>
        <translation>muss auf diesem Computer liegen, nicht auf einem anderen im Netz</translation>
    </message>
    <message>
        <source>must be on, unless it is told that CamWatch is alive</source>
        <translation>muss eingeschaltet sein, wenn nicht gemeldet wird, dass CamWatch läuft</translation>
    </message>
    <message>
        <source>must be one address; make a recipient of each, or a group</source>
        <translation>muss eine einzige Adresse sein; legen Sie für jede einen Empfänger an, oder eine Gruppe</translation>
    </message>
    <message>
        <source>must be one name or address, without a port</source>
        <translation>muss ein einzelner Name oder eine einzelne Adresse sein, ohne Port</translation>
    </message>
    <message>
        <source>must be one of {names}</source>
        <translation>muss eines davon sein: {names}</translation>
    </message>
    <message>
        <source>must be private, and {network} belongs to the Internet</source>
        <translation>müssen privat sein, und {network} gehört zum Internet</translation>
    </message>
    <message>
        <source>must be the SID of the account</source>
        <translation>muss die SID des Kontos sein</translation>
    </message>
    <message>
        <source>must be the account&apos;s SID, such as AC and 32 digits</source>
        <translation>muss die SID des Kontos sein, zum Beispiel AC und 32 Ziffern</translation>
    </message>
    <message>
        <source>must be the address of a PostgreSQL database or of an SQLite file, such as postgresql://user:password@host/database or sqlite:////srv/camwatch.sqlite3</source>
        <translation>muss die Adresse einer PostgreSQL-Datenbank oder einer SQLite-Datei sein, zum Beispiel postgresql://user:password@host/database oder sqlite:////srv/camwatch.sqlite3</translation>
    </message>
    <message>
        <source>must be the name of a server, such as mail.example.com</source>
        <translation>muss der Name eines Servers sein, etwa mail.example.com</translation>
    </message>
    <message>
        <source>must be three letters, such as EUR</source>
        <translation>muss aus drei Buchstaben bestehen, zum Beispiel EUR</translation>
    </message>
    <message>
        <source>must be tls or starttls; nothing is sent without encryption</source>
        <translation>muss tls oder starttls sein; ohne Verschlüsselung wird nichts gesendet</translation>
    </message>
    <message>
        <source>must be yes or no</source>
        <translation>muss yes oder no sein</translation>
    </message>
    <message>
        <source>must be {names} or {last}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be {threshold:,} or fewer: above that there is no alert</source>
        <translation>darf höchstens {threshold:,} sein: Darüber gibt es keinen Alarm</translation>
    </message>
    <message>
        <source>must be {threshold:,} or more: below that there is no alert</source>
        <translation>muss mindestens {threshold:,} sein: Darunter gibt es keinen Alarm</translation>
    </message>
    <message>
        <source>must begin with + and the country, such as {example}</source>
        <translation>muss mit + und dem Land beginnen, zum Beispiel {example}</translation>
    </message>
    <message>
        <source>must begin with https://, so that nobody can listen in</source>
        <translation>muss mit https:// beginnen, damit niemand mithören kann</translation>
    </message>
    <message>
        <source>must have a time zone</source>
        <translation>muss eine Zeitzone haben</translation>
    </message>
    <message>
        <source>must have plain letters before the @; not every server of a recipient takes others</source>
        <translation>muss vor dem @ einfache Buchstaben (ASCII) haben; nicht jeder Server eines Empfängers nimmt andere an</translation>
    </message>
    <message>
        <source>must have seven days of 48 half hours</source>
        <translation>muss sieben Tage mit je 48 halben Stunden haben</translation>
    </message>
    <message>
        <source>must have {most} tiles at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must have {shortest_secret} characters at least, so that nobody guesses it</source>
        <translation>muss mindestens {shortest_secret} Zeichen haben, damit es niemand errät</translation>
    </message>
    <message>
        <source>must lie within the wall</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must name an interface behind %, such as fe80::1%eth0</source>
        <translation>muss hinter % eine Schnittstelle nennen, zum Beispiel fe80::1%eth0</translation>
    </message>
    <message>
        <source>must not be below /{parts}, where the system keeps no recordings</source>
        <translation>darf nicht unter /{parts} liegen, wo das System keine Aufnahmen aufbewahrt</translation>
    </message>
    <message>
        <source>must not be empty</source>
        <translation>darf nicht leer sein</translation>
    </message>
    <message>
        <source>must not be in the future</source>
        <translation>darf nicht in der Zukunft liegen</translation>
    </message>
    <message>
        <source>must not be shorter than {days} days, for which {what} are kept</source>
        <translation>darf nicht kürzer sein als {days} Tage; so lange bleiben erhalten: {what}</translation>
    </message>
    <message>
        <source>must not be this computer&apos;s own: {network} is local</source>
        <translation>dürfen nicht die dieses Computers sein: {network} ist lokal</translation>
    </message>
    <message>
        <source>must not contain #; if it is part of the password, enter the password in its own field</source>
        <translation>darf kein # enthalten; wenn es zum Passwort gehört, geben Sie das Passwort in seinem eigenen Feld ein</translation>
    </message>
    <message>
        <source>must not contain ?; put the query into the paths</source>
        <translation>darf kein ? enthalten; schreiben Sie die Abfrage in die Pfade</translation>
    </message>
    <message>
        <source>must not contain a backslash or #</source>
        <translation>darf keinen umgekehrten Schrägstrich und kein # enthalten</translation>
    </message>
    <message>
        <source>must not contain a colon; sign-in over HTTP cannot carry it</source>
        <translation>darf keinen Doppelpunkt enthalten; die Anmeldung über HTTP kann ihn nicht übertragen</translation>
    </message>
    <message>
        <source>must not contain control or invisible characters</source>
        <translation>darf keine Steuerzeichen oder unsichtbaren Zeichen enthalten</translation>
    </message>
    <message>
        <source>must not contain spaces or backslashes</source>
        <translation>darf keine Leerzeichen oder umgekehrten Schrägstriche enthalten</translation>
    </message>
    <message>
        <source>must not cover one another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not hold the secret of {name} itself; write $secret in its place, and the secret into its own field</source>
        <translation>dürfen das Geheimnis in {name} nicht selbst enthalten; schreiben Sie dort $secret und das Geheimnis in sein eigenes Feld</translation>
    </message>
    <message>
        <source>must not hold the secret of {name} itself; write {secret} in its place, and the secret into its own field</source>
        <translation>dürfen das Geheimnis in {name} nicht selbst enthalten; schreiben Sie dort {secret} und das Geheimnis in sein eigenes Feld</translation>
    </message>
    <message>
        <source>must show each camera only once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must start with /</source>
        <translation>muss mit / beginnen</translation>
    </message>
    <message>
        <source>must start with http:// or https:// to be a snapshot</source>
        <translation>muss mit http:// oder https:// beginnen, um ein Einzelbild zu sein</translation>
    </message>
    <message>
        <source>must start with http://, https://, rtsp:// or rtsps://; other kinds are not read</source>
        <translation>muss mit http://, https://, rtsp:// oder rtsps:// beginnen; andere Arten werden nicht gelesen</translation>
    </message>
    <message>
        <source>muted on this workstation until {muted_until:%H:%M} UTC</source>
        <translation>auf diesem Arbeitsplatz stumm bis {muted_until:%H:%M} UTC</translation>
    </message>
    <message>
        <source>name ${unknown}, which is not known; known are {known}</source>
        <translation>nennen ${unknown}, was nicht bekannt ist; bekannt sind {known}</translation>
    </message>
    <message>
        <source>name or service not known</source>
        <translation>name or service not known</translation>
    </message>
    <message>
        <source>name resolution</source>
        <translation>name resolution</translation>
    </message>
    <message>
        <source>name {key}</source>
        <translation>Name {key}</translation>
    </message>
    <message>
        <source>name {name} twice</source>
        <translation>nennen {name} zweimal</translation>
    </message>
    <message>
        <source>names a role that is gone; choose another one there, or remove the line</source>
        <translation>nennt eine Rolle, die es nicht mehr gibt; wählen Sie dort eine andere, oder entfernen Sie die Zeile</translation>
    </message>
    <message>
        <source>names no host</source>
        <translation>nennt keinen Host</translation>
    </message>
    <message>
        <source>names no host, such as {example}</source>
        <translation>nennt keinen Computer wie in {example}</translation>
    </message>
    <message>
        <source>names what is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names “{name}”, which is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>need a value for {name}</source>
        <translation>brauchen einen Wert für {name}</translation>
    </message>
    <message>
        <source>need names, and may have no invisible characters</source>
        <translation>brauchen Namen und dürfen keine unsichtbaren Zeichen enthalten</translation>
    </message>
    <message>
        <source>need one with ${needed}</source>
        <translation>brauchen eines mit ${needed}</translation>
    </message>
    <message>
        <source>needs ONNX Runtime, which is not installed</source>
        <translation>braucht ONNX Runtime, das nicht installiert ist</translation>
    </message>
    <message>
        <source>needs about twice its own size of free room on its disk to be written anew</source>
        <translation>braucht zum Neuschreiben auf seinem Datenträger etwa das Doppelte seiner Größe als freien Platz</translation>
    </message>
    <message>
        <source>needs at least one that is ticked</source>
        <translation>braucht mindestens ein angekreuztes Element</translation>
    </message>
    <message>
        <source>needs at least {shortest} characters</source>
        <translation>braucht mindestens {shortest} Zeichen</translation>
    </message>
    <message>
        <source>needs exactly one @, such as anna@example.com</source>
        <translation>braucht genau ein @, zum Beispiel anna@example.com</translation>
    </message>
    <message>
        <source>needs its .prototxt file of the same name beside it</source>
        <translation>braucht daneben die .prototxt-Datei gleichen Namens</translation>
    </message>
    <message>
        <source>needs more memory than this computer has now</source>
        <translation>braucht mehr Speicher, als dieser Computer jetzt hat</translation>
    </message>
    <message>
        <source>neither JPEG nor PNG</source>
        <translation>weder JPEG noch PNG</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no address associated</source>
        <translation>no address associated</translation>
    </message>
    <message>
        <source>no alert at {people} people, though one is enough</source>
        <translation>kein Alarm bei {people} Personen, obwohl eine genügt</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>no answer in time</source>
        <translation>keine Antwort in der vorgesehenen Zeit</translation>
    </message>
    <message>
        <source>no answer within {limit_s:g} s</source>
        <translation>keine Antwort innerhalb von {limit_s:g} s</translation>
    </message>
    <message>
        <source>no answer{where} within {timeout_s:g} s</source>
        <translation>keine Antwort{where} innerhalb von {timeout_s:g} s</translation>
    </message>
    <message>
        <source>no connection within {connect_timeout_s:g} s</source>
        <translation>keine Verbindung innerhalb von {connect_timeout_s:g} s</translation>
    </message>
    <message>
        <source>no encrypted connection came about</source>
        <translation>es kam keine verschlüsselte Verbindung zustande</translation>
    </message>
    <message>
        <source>no fault inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no more pictures came</source>
        <translation>es kamen keine Bilder mehr</translation>
    </message>
    <message>
        <source>no new picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no number is named</source>
        <translation>keine Nummer ist angegeben</translation>
    </message>
    <message>
        <source>no password on this computer</source>
        <translation>kein Passwort auf diesem Computer</translation>
    </message>
    <message>
        <source>no password supplied</source>
        <translation>no password supplied</translation>
    </message>
    <message>
        <source>no pg_hba.conf entry</source>
        <translation>no pg_hba.conf entry</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>kein Bild</translation>
    </message>
    <message>
        <source>no picture at this path</source>
        <translation>kein Bild unter diesem Pfad</translation>
    </message>
    <message>
        <source>no picture for {limit_s:g} s</source>
        <translation>seit {limit_s:g} s kein Bild</translation>
    </message>
    <message>
        <source>no picture in {rubbish} bytes</source>
        <translation>kein Bild in {rubbish} Bytes</translation>
    </message>
    <message>
        <source>no picture of this video can be read</source>
        <translation>kein Bild dieses Videos lässt sich lesen</translation>
    </message>
    <message>
        <source>no picture within {limit_s:g} s</source>
        <translation>kein Bild innerhalb von {limit_s:g} s</translation>
    </message>
    <message>
        <source>no process could be started</source>
        <translation>es ließ sich kein Prozess starten</translation>
    </message>
    <message>
        <source>no reason was given</source>
        <translation>ein Grund wurde nicht genannt</translation>
    </message>
    <message>
        <source>no recipient is named</source>
        <translation>kein Empfänger ist angegeben</translation>
    </message>
    <message>
        <source>no secure connection</source>
        <translation>keine sichere Verbindung</translation>
    </message>
    <message>
        <source>no sign-in</source>
        <translation>keine Anmeldung</translation>
    </message>
    <message>
        <source>no such file or directory</source>
        <translation>no such file or directory</translation>
    </message>
    <message>
        <source>no video came that can be decoded</source>
        <translation>es kam kein Video, das sich decodieren lässt</translation>
    </message>
    <message>
        <source>no {precision} model {name} for {runtime} is listed</source>
        <translation>kein Modell {name} mit {precision} für {runtime} ist aufgeführt</translation>
    </message>
    <message>
        <source>no. {number}</source>
        <translation>Nr. {number}</translation>
    </message>
    <message>
        <source>nobody</source>
        <translation>niemand</translation>
    </message>
    <message>
        <source>nobody came</source>
        <translation>niemand kam</translation>
    </message>
    <message>
        <source>nobody found</source>
        <translation>niemand gefunden</translation>
    </message>
    <message>
        <source>nobody there</source>
        <translation>niemand da</translation>
    </message>
    <message>
        <source>nobody was found, and {truth} people were there</source>
        <translation>niemand gefunden, und {truth} Personen waren da</translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none was measured</source>
        <translation>keine wurde gemessen</translation>
    </message>
    <message>
        <source>none.</source>
        <translation>keine.</translation>
    </message>
    <message>
        <source>not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not allowed</source>
        <translation>nicht erlaubt</translation>
    </message>
    <message>
        <source>not at all</source>
        <translation>gar nicht</translation>
    </message>
    <message>
        <source>not audited</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>not before {value:.0f} s have passed</source>
        <translation>nicht bevor {value:.0f} s vergangen sind</translation>
    </message>
    <message>
        <source>not counted</source>
        <translation>nicht gezählt</translation>
    </message>
    <message>
        <source>not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not in sight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not judged: unknown is not zero</source>
        <translation>nicht beurteilt: unbekannt ist nicht null</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>not known now</source>
        <translation>zurzeit nicht bekannt</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <source>not named yet</source>
        <translation>noch nicht genannt</translation>
    </message>
    <message>
        <source>not needed</source>
        <translation>nicht nötig</translation>
    </message>
    <message>
        <source>not needed any more</source>
        <translation>nicht mehr nötig</translation>
    </message>
    <message>
        <source>not over yet</source>
        <translation>noch nicht vorbei</translation>
    </message>
    <message>
        <source>not possible now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not searched for</source>
        <translation>nicht gesucht</translation>
    </message>
    <message>
        <source>not seen for {}: its sites are not counted now</source>
        <translation>seit {} nicht gesehen: Seine Standorte werden jetzt nicht gezählt</translation>
    </message>
    <message>
        <source>not told</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>noch nicht</translation>
    </message>
    <message>
        <source>noted a return</source>
        <translation>hat vermerkt, dass ein Teil vorbei ist</translation>
    </message>
    <message>
        <source>noted that it is over</source>
        <translation>hat vermerkt, dass er vorbei ist</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>nothing answers at its address</source>
        <translation>unter der Adresse antwortet nichts</translation>
    </message>
    <message>
        <source>nothing answers there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing came of it within {seconds:.0f} s</source>
        <translation>nach {seconds:.0f} s noch kein Ergebnis</translation>
    </message>
    <message>
        <source>nothing can be recorded now</source>
        <translation>zurzeit lässt sich nichts aufzeichnen</translation>
    </message>
    <message>
        <source>nothing is stored of this moment{when}</source>
        <translation>zu diesem Zeitpunkt ist nichts gespeichert{when}</translation>
    </message>
    <message>
        <source>nothing on this computer takes such a wish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing was known at this moment</source>
        <translation>zu diesem Zeitpunkt war nichts bekannt</translation>
    </message>
    <message>
        <source>nothing was sent about it up to then</source>
        <translation>bis dahin wurde dazu nichts gesendet</translation>
    </message>
    <message>
        <source>notification of the desktop, message in the window</source>
        <translation>Benachrichtigung des Desktops, Hinweis im Fenster</translation>
    </message>
    <message>
        <source>number of people unknown</source>
        <translation>Zahl der Personen unbekannt</translation>
    </message>
    <message>
        <source>number {alert_number}, raised {moment}</source>
        <translation>Nummer {alert_number}, ausgelöst {moment}</translation>
    </message>
    <message>
        <source>number {key} {corner} {axis}</source>
        <translation>Zahl {key} {corner} {axis}</translation>
    </message>
    <message>
        <source>of the truth is {value}</source>
        <translation>der wahren Werte ist {value}</translation>
    </message>
    <message>
        <source>of this camera is not “count only”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of this camera keeps no pictures: it only counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off all day</source>
        <translation>ganztags aus</translation>
    </message>
    <message>
        <source>off at this hour</source>
        <translation>zu dieser Stunde aus</translation>
    </message>
    <message>
        <source>off, after {number} restarts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on all day</source>
        <translation>ganztags ein</translation>
    </message>
    <message>
        <source>on at this hour</source>
        <translation>zu dieser Stunde ein</translation>
    </message>
    <message>
        <source>on from</source>
        <translation>ein von</translation>
    </message>
    <message>
        <source>on its disk</source>
        <translation>auf seinem Datenträger</translation>
    </message>
    <message>
        <source>on the 1st of each month at {hour:02}:00</source>
        <translation>am 1. jedes Monats um {hour:02}:00 Uhr</translation>
    </message>
    <message>
        <source>on the screens</source>
        <translation>auf den Bildschirmen</translation>
    </message>
    <message>
        <source>on {day_words}</source>
        <translation>ein {day_words}</translation>
    </message>
    <message>
        <source>on {host}</source>
        <translation>auf {host}</translation>
    </message>
    <message>
        <source>once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one more, one fewer</source>
        <translation>eine mehr, eine weniger</translation>
    </message>
    <message>
        <source>one of the alerts</source>
        <translation>einen der Alarme</translation>
    </message>
    <message>
        <source>one place</source>
        <translation>einer Stelle</translation>
    </message>
    <message>
        <source>one such hour</source>
        <translation>einer solchen Stunde</translation>
    </message>
    <message>
        <source>one value</source>
        <translation>ein Wert</translation>
    </message>
    <message>
        <source>only </source>
        <translation>nur </translation>
    </message>
    <message>
        <source>only {free:,.0f} MiB are left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or fewer</source>
        <translation>oder weniger</translation>
    </message>
    <message>
        <source>or more</source>
        <translation>oder mehr</translation>
    </message>
    <message>
        <source>or the brightness are not from 0 to 1</source>
        <translation>oder die Helligkeit liegen nicht zwischen 0 und 1</translation>
    </message>
    <message>
        <source>over by then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>over since {moment}</source>
        <translation>vorbei seit {moment}</translation>
    </message>
    <message>
        <source>over {value:.1f} hours</source>
        <translation>über {value:.1f} Stunden</translation>
    </message>
    <message>
        <source>over; last told {moment}</source>
        <translation>vorbei; zuletzt benachrichtigt {moment}</translation>
    </message>
    <message>
        <source>packed as {encoding}</source>
        <translation>gepackt als {encoding}</translation>
    </message>
    <message>
        <source>page {value} of {count}</source>
        <translation>Seite {value} von {count}</translation>
    </message>
    <message>
        <source>parts of the picture</source>
        <translation>in Bildanteilen</translation>
    </message>
    <message>
        <source>parts of the picture are damaged</source>
        <translation>Teile des Bildes sind beschädigt</translation>
    </message>
    <message>
        <source>password authentication failed</source>
        <translation>password authentication failed</translation>
    </message>
    <message>
        <source>people are not counted now</source>
        <translation>Personen werden zurzeit nicht gezählt</translation>
    </message>
    <message>
        <source>people in random pictures</source>
        <translation>Personen in zufälligen Bildern</translation>
    </message>
    <message>
        <source>people in the picture</source>
        <translation>Personen im Bild</translation>
    </message>
    <message>
        <source>people in view</source>
        <translation>Personen im Bild</translation>
    </message>
    <message>
        <source>people in view, on average</source>
        <translation>Personen im Bild, im Mittel</translation>
    </message>
    <message>
        <source>people on average</source>
        <translation>Personen im Mittel</translation>
    </message>
    <message>
        <source>people passing</source>
        <translation>Durchgänge</translation>
    </message>
    <message>
        <source>people who passed</source>
        <translation>Personen, die durchgingen</translation>
    </message>
    <message>
        <source>permission denied for database</source>
        <translation>permission denied for database</translation>
    </message>
    <message>
        <source>pg_hba.conf rejects</source>
        <translation>pg_hba.conf rejects</translation>
    </message>
    <message>
        <source>phone number</source>
        <translation>Telefonnummer</translation>
    </message>
    <message>
        <source>picture back, next</source>
        <translation>voriges Bild, nächstes Bild</translation>
    </message>
    <message>
        <source>picture by picture</source>
        <translation>Bild für Bild</translation>
    </message>
    <message>
        <source>picture {index}</source>
        <translation>Bild {index}</translation>
    </message>
    <message>
        <source>picture {value}</source>
        <translation>Bild {value}</translation>
    </message>
    <message>
        <source>pictures came, but they were not counted</source>
        <translation>es kamen Bilder, aber sie wurden nicht ausgezählt</translation>
    </message>
    <message>
        <source>place {place_id}</source>
        <translation>Stelle {place_id}</translation>
    </message>
    <message>
        <source>play and pause</source>
        <translation>abspielen und anhalten</translation>
    </message>
    <message>
        <source>point {value}</source>
        <translation>Punkt {value}</translation>
    </message>
    <message>
        <source>popup on the screen</source>
        <translation>Hinweisfenster auf dem Bildschirm</translation>
    </message>
    <message>
        <source>quarter of an hour</source>
        <translation>Viertelstunde</translation>
    </message>
    <message>
        <source>quarters of an hour</source>
        <translation>Viertelstunden</translation>
    </message>
    <message>
        <source>raised it again</source>
        <translation>hat ihn erneut ausgelöst</translation>
    </message>
    <message>
        <source>raised the alert</source>
        <translation>hat den Alarm ausgelöst</translation>
    </message>
    <message>
        <source>raised {age} ago</source>
        <translation>{age} alt</translation>
    </message>
    <message>
        <source>raised {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading its stream broke off</source>
        <translation>das Lesen ihres Streams brach ab</translation>
    </message>
    <message>
        <source>reads other files ({operator})</source>
        <translation>liest andere Dateien ({operator})</translation>
    </message>
    <message>
        <source>reads other files or runs programs ({text})</source>
        <translation>liest andere Dateien oder führt Programme aus ({text})</translation>
    </message>
    <message>
        <source>ready to count</source>
        <translation>bereit zum Zählen</translation>
    </message>
    <message>
        <source>really there</source>
        <translation>wirklich da</translation>
    </message>
    <message>
        <source>recorded, but no pictures came</source>
        <translation>aufgenommen, aber es kamen keine Bilder</translation>
    </message>
    <message>
        <source>recording, nearly done</source>
        <translation>Aufnahme läuft, fast fertig</translation>
    </message>
    <message>
        <source>recording, {time_left} left</source>
        <translation>Aufnahme läuft, noch {time_left}</translation>
    </message>
    <message>
        <source>recovery code</source>
        <translation>Wiederherstellungscode</translation>
    </message>
    <message>
        <source>refused for good</source>
        <translation>endgültig abgelehnt</translation>
    </message>
    <message>
        <source>refuses the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remaining connection slots</source>
        <translation>remaining connection slots</translation>
    </message>
    <message>
        <source>remote:</source>
        <translation>remote:</translation>
    </message>
    <message>
        <source>repeats itself; please add other words</source>
        <translation>wiederholt sich; bitte fügen Sie andere Wörter hinzu</translation>
    </message>
    <message>
        <source>repeats the same few characters; please mix in others</source>
        <translation>wiederholt dieselben wenigen Zeichen; bitte mischen Sie andere darunter</translation>
    </message>
    <message>
        <source>right; with a certainty of 95 % it is {between}</source>
        <translation>richtig; mit einer Sicherheit von 95 % sind es {between}</translation>
    </message>
    <message>
        <source>root certificate file</source>
        <translation>root certificate file</translation>
    </message>
    <message>
        <source>rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>runs out</source>
        <translation>läuft ab</translation>
    </message>
    <message>
        <source>save own walls of tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>save pictures</source>
        <translation>Bilder speichern</translation>
    </message>
    <message>
        <source>saved {clock_time}</source>
        <translation>gespeichert {clock_time}</translation>
    </message>
    <message>
        <source>scores from {threshold:.2f} on</source>
        <translation>Werte ab {threshold:.2f}</translation>
    </message>
    <message>
        <source>searched for</source>
        <translation>gesucht</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see alerts</source>
        <translation>Alarme sehen</translation>
    </message>
    <message>
        <source>see how CamWatch itself is doing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see how right the counts are</source>
        <translation>sehen, wie richtig die Zählwerte sind</translation>
    </message>
    <message>
        <source>see the cameras</source>
        <translation>die Kameras sehen</translation>
    </message>
    <message>
        <source>see the counts</source>
        <translation>die Zählwerte sehen</translation>
    </message>
    <message>
        <source>see what happened to the cameras</source>
        <translation>sehen, was mit den Kameras geschah</translation>
    </message>
    <message>
        <source>see who did what</source>
        <translation>sehen, wer was tat</translation>
    </message>
    <message>
        <source>sees sites that you do not see yourself</source>
        <translation>sieht Standorte, die Sie selbst nicht sehen</translation>
    </message>
    <message>
        <source>sending over {name}</source>
        <translation>Senden über {name}</translation>
    </message>
    <message>
        <source>sends no usable picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>server does not encrypt from the first byte here; it may with STARTTLS</source>
        <translation>Server verschlüsselt hier nicht vom ersten Byte an; mit STARTTLS geht es vielleicht</translation>
    </message>
    <message>
        <source>server offers no encryption</source>
        <translation>Server bietet keine Verschlüsselung an</translation>
    </message>
    <message>
        <source>server offers no encryption: {smtp_code} {words}</source>
        <translation>Server bietet keine Verschlüsselung an: {smtp_code} {words}</translation>
    </message>
    <message>
        <source>server offers no sign-in with a password</source>
        <translation>Server bietet keine Anmeldung mit Passwort an</translation>
    </message>
    <message>
        <source>server takes plain letters only</source>
        <translation>Server nimmt nur einfache Buchstaben (ASCII) an</translation>
    </message>
    <message>
        <source>set up whom alerts are sent to</source>
        <translation>festlegen, an wen Alarme gesendet werden</translation>
    </message>
    <message>
        <source>settings.toml has a mistake; its last good copy is used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>settings.toml was changed meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of the time in which passing could be counted</source>
        <translation>Anteil der Zeit, in der Durchgänge gezählt werden konnten</translation>
    </message>
    <message>
        <source>share of the time that was measured</source>
        <translation>Anteil der Zeit, der gemessen wurde</translation>
    </message>
    <message>
        <source>share of the time that was measured, of all together</source>
        <translation>Anteil der Zeit, der gemessen wurde, über alle zusammen</translation>
    </message>
    <message>
        <source>share walls of tiles with everybody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shared by {owner}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shelved by {shelved_by} until {moment}: {shelved_why}</source>
        <translation>zurückgestellt von {shelved_by} bis {moment}: {shelved_why}</translation>
    </message>
    <message>
        <source>shelved it</source>
        <translation>hat ihn zurückgestellt</translation>
    </message>
    <message>
        <source>shown by CamWatch</source>
        <translation>von CamWatch angezeigt</translation>
    </message>
    <message>
        <source>shows another certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>signed in</source>
        <translation>angemeldet</translation>
    </message>
    <message>
        <source>since it was drawn at {since:%H:%M}</source>
        <translation>seit dem Zeichnen um {since:%H:%M}</translation>
    </message>
    <message>
        <source>since it was first watched on {day_text}, {local:%H:%M}</source>
        <translation>seit Beginn der Überwachung am {day_text}, {local:%H:%M}</translation>
    </message>
    <message>
        <source>since {moment}</source>
        <translation>seit {moment}</translation>
    </message>
    <message>
        <source>single measurements</source>
        <translation>einzelne Messwerte</translation>
    </message>
    <message>
        <source>single pictures</source>
        <translation>einzelne Bilder</translation>
    </message>
    <message>
        <source>site {site_id}</source>
        <translation>Standort {site_id}</translation>
    </message>
    <message>
        <source>so many people</source>
        <translation>so viele Personen</translation>
    </message>
    <message>
        <source>some missing</source>
        <translation>einige fehlen</translation>
    </message>
    <message>
        <source>somebody</source>
        <translation>jemand</translation>
    </message>
    <message>
        <source>somebody goes in</source>
        <translation>jemand geht hinein</translation>
    </message>
    <message>
        <source>somebody goes out</source>
        <translation>jemand geht hinaus</translation>
    </message>
    <message>
        <source>somebody knew already</source>
        <translation>jemand wusste schon Bescheid</translation>
    </message>
    <message>
        <source>somebody who is gone</source>
        <translation>jemand, den es nicht mehr gibt</translation>
    </message>
    <message>
        <source>state not known</source>
        <translation>Zustand nicht bekannt</translation>
    </message>
    <message>
        <source>step {number}</source>
        <translation>Schritt {number}</translation>
    </message>
    <message>
        <source>stretch of five minutes</source>
        <translation>Fünf-Minuten-Spanne</translation>
    </message>
    <message>
        <source>stretches of five minutes</source>
        <translation>Fünf-Minuten-Spannen</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>switched off in its settings</source>
        <translation>in ihren Einstellungen ausgeschaltet</translation>
    </message>
    <message>
        <source>switched off now</source>
        <translation>jetzt ausgeschaltet</translation>
    </message>
    <message>
        <source>take back the last</source>
        <translation>das Letzte zurücknehmen</translation>
    </message>
    <message>
        <source>take numbers out as files and reports</source>
        <translation>Zahlen als Dateien und Berichte ausgeben</translation>
    </message>
    <message>
        <source>takes away {value:,}, but only {there:,} were counted in this time</source>
        <translation>zieht {value:,} ab, aber in dieser Zeit wurden nur {there:,} gezählt</translation>
    </message>
    <message>
        <source>takes too long to be loaded and run once</source>
        <translation>braucht zu lange, um geladen und einmal ausgeführt zu werden</translation>
    </message>
    <message>
        <source>takes values of an unknown type ({element})</source>
        <translation>nimmt Werte eines unbekannten Typs an ({element})</translation>
    </message>
    <message>
        <source>takes {shape} pictures at once; export it for one</source>
        <translation>nimmt {shape} Bilder auf einmal an; exportieren Sie das Modell für eines</translation>
    </message>
    <message>
        <source>takes {width} x {height} pixels only, not what {sidecar_name} says</source>
        <translation>nimmt nur {width} x {height} Pixel an, nicht das, was in {sidecar_name} steht</translation>
    </message>
    <message>
        <source>tells nobody</source>
        <translation>benachrichtigt niemanden</translation>
    </message>
    <message>
        <source>tells {classes} classes apart, and CamWatch cannot know which one is the person; write its number, from 0, into {sidecar_name}: person = 0</source>
        <translation>unterscheidet {classes} Klassen, und CamWatch kann nicht wissen, welche davon die Person ist; schreiben Sie ihre Nummer, ab 0 gezählt, in {sidecar_name}: person = 0</translation>
    </message>
    <message>
        <source>text message</source>
        <translation>SMS</translation>
    </message>
    <message>
        <source>text message to {to}</source>
        <translation>SMS an {to}</translation>
    </message>
    <message>
        <source>text messages</source>
        <translation>SMS</translation>
    </message>
    <message>
        <source>that it is over</source>
        <translation>dass es vorbei ist</translation>
    </message>
    <message>
        <source>the PNG decoder failed</source>
        <translation>der PNG-Decoder ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>the PNG decoder gave no picture</source>
        <translation>der PNG-Decoder lieferte kein Bild</translation>
    </message>
    <message>
        <source>the PNG has too many chunks</source>
        <translation>das PNG hat zu viele Abschnitte</translation>
    </message>
    <message>
        <source>the alert</source>
        <translation>der Alarm</translation>
    </message>
    <message>
        <source>the alert was put aside</source>
        <translation>der Alarm war zurückgestellt</translation>
    </message>
    <message>
        <source>the answer broke off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer is not HTTP</source>
        <translation>die Antwort ist kein HTTP</translation>
    </message>
    <message>
        <source>the answer is not ONVIF</source>
        <translation>die Antwort ist kein ONVIF</translation>
    </message>
    <message>
        <source>the answer is not RTSP</source>
        <translation>die Antwort ist kein RTSP</translation>
    </message>
    <message>
        <source>the answer is not SOAP</source>
        <translation>die Antwort ist kein SOAP</translation>
    </message>
    <message>
        <source>the answer to {action} is not ONVIF</source>
        <translation>die Antwort auf {action} ist kein ONVIF</translation>
    </message>
    <message>
        <source>the answer was not complete</source>
        <translation>die Antwort war nicht vollständig</translation>
    </message>
    <message>
        <source>the audit</source>
        <translation>die Prüfung</translation>
    </message>
    <message>
        <source>the audit {uid} cannot be read: {error}</source>
        <translation>die Prüfung {uid} lässt sich nicht lesen: {error}</translation>
    </message>
    <message>
        <source>the camera cannot be moved</source>
        <translation>die Kamera lässt sich nicht bewegen</translation>
    </message>
    <message>
        <source>the camera cannot do that</source>
        <translation>die Kamera kann das nicht</translation>
    </message>
    <message>
        <source>the camera cannot see</source>
        <translation>die Kamera sieht nichts</translation>
    </message>
    <message>
        <source>the camera closed the stream</source>
        <translation>die Kamera schloss den Stream</translation>
    </message>
    <message>
        <source>the camera gave no reason</source>
        <translation>die Kamera nannte keinen Grund</translation>
    </message>
    <message>
        <source>the camera has no ONVIF</source>
        <translation>die Kamera hat kein ONVIF</translation>
    </message>
    <message>
        <source>the camera offers only Basic sign-in</source>
        <translation>die Kamera bietet nur die Basic-Anmeldung an</translation>
    </message>
    <message>
        <source>the camera “{camera}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the certificate of port {port} is not trusted</source>
        <translation>dem Zertifikat von Port {port} wird nicht vertraut</translation>
    </message>
    <message>
        <source>the channel</source>
        <translation>der Kanal</translation>
    </message>
    <message>
        <source>the connection</source>
        <translation>Verbindungsaufbau</translation>
    </message>
    <message>
        <source>the connection broke off</source>
        <translation>die Verbindung brach ab</translation>
    </message>
    <message>
        <source>the cool-down was not over</source>
        <translation>die Ruhezeit war noch nicht vorbei</translation>
    </message>
    <message>
        <source>the copy needs {value:.0f} MiB and {value2:.0f} MiB to spare, and {value3:.0f} MiB are free</source>
        <translation>die Kopie braucht {value:.0f} MiB und {value2:.0f} MiB Reserve, und {value3:.0f} MiB sind frei</translation>
    </message>
    <message>
        <source>the correction</source>
        <translation>die Korrektur</translation>
    </message>
    <message>
        <source>the day before</source>
        <translation>am Tag davor</translation>
    </message>
    <message>
        <source>the default site</source>
        <translation>der übliche Standort</translation>
    </message>
    <message>
        <source>the device does not tell which of its views this is</source>
        <translation>das Gerät sagt nicht, welche seiner Ansichten das ist</translation>
    </message>
    <message>
        <source>the device has no media service</source>
        <translation>das Gerät hat keinen Mediendienst</translation>
    </message>
    <message>
        <source>the device has no such service</source>
        <translation>das Gerät hat keinen solchen Dienst</translation>
    </message>
    <message>
        <source>the device has no video</source>
        <translation>das Gerät hat kein Video</translation>
    </message>
    <message>
        <source>the device names a {scheme} address for it</source>
        <translation>das Gerät nennt dafür eine Adresse mit {scheme}</translation>
    </message>
    <message>
        <source>the device names no address for it</source>
        <translation>das Gerät nennt keine Adresse dafür</translation>
    </message>
    <message>
        <source>the device refused the call</source>
        <translation>das Gerät lehnte den Aufruf ab</translation>
    </message>
    <message>
        <source>the device&apos;s address {reason}</source>
        <translation>die Adresse des Geräts {reason}</translation>
    </message>
    <message>
        <source>the device&apos;s {problems}</source>
        <translation>Angabe des Geräts: {problems}</translation>
    </message>
    <message>
        <source>the disk of {parent} is nearly full; the export was given up so that saving can go on</source>
        <translation>der Datenträger von {parent} ist fast voll; der Export wurde abgebrochen, damit weiter gespeichert werden kann</translation>
    </message>
    <message>
        <source>the drill is over</source>
        <translation>der Probealarm ist vorbei</translation>
    </message>
    <message>
        <source>the encrypted connection fails</source>
        <translation>die verschlüsselte Verbindung gelingt nicht</translation>
    </message>
    <message>
        <source>the end is missing</source>
        <translation>das Ende fehlt</translation>
    </message>
    <message>
        <source>the environment</source>
        <translation>den Umgebungsvariablen</translation>
    </message>
    <message>
        <source>the file audit-head.json was gone</source>
        <translation>die Datei audit-head.json fehlte</translation>
    </message>
    <message>
        <source>the file cannot be written</source>
        <translation>Die Datei lässt sich nicht schreiben</translation>
    </message>
    <message>
        <source>the file of this computer</source>
        <translation>die Datei dieses Computers</translation>
    </message>
    <message>
        <source>the greeting</source>
        <translation>Begrüßung</translation>
    </message>
    <message>
        <source>the handshake failed</source>
        <translation>der Handshake ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>the header has too many parts</source>
        <translation>der Kopf hat zu viele Teile</translation>
    </message>
    <message>
        <source>the header is cut off</source>
        <translation>der Kopf ist abgeschnitten</translation>
    </message>
    <message>
        <source>the header is damaged</source>
        <translation>der Kopf ist beschädigt</translation>
    </message>
    <message>
        <source>the header names no size</source>
        <translation>der Kopf nennt keine Größe</translation>
    </message>
    <message>
        <source>the import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the lens is covered</source>
        <translation>das Objektiv ist verdeckt</translation>
    </message>
    <message>
        <source>the list of models is damaged: {error}</source>
        <translation>die Liste der Modelle ist beschädigt: {error}</translation>
    </message>
    <message>
        <source>the list of own models cannot be read: {strerror}</source>
        <translation>die Liste der eigenen Modelle lässt sich nicht lesen: {strerror}</translation>
    </message>
    <message>
        <source>the list of own models is damaged: {error}</source>
        <translation>die Liste der eigenen Modelle ist beschädigt: {error}</translation>
    </message>
    <message>
        <source>the list of own models is too large</source>
        <translation>die Liste der eigenen Modelle ist zu groß</translation>
    </message>
    <message>
        <source>the log ended before entry {known}, which had been the newest</source>
        <translation>das Protokoll endete vor Eintrag {known}, der der neueste gewesen war</translation>
    </message>
    <message>
        <source>the log had been tampered with</source>
        <translation>das Protokoll war manipuliert worden</translation>
    </message>
    <message>
        <source>the login service</source>
        <translation>den Anmeldedienst</translation>
    </message>
    <message>
        <source>the mail</source>
        <translation>Nachricht</translation>
    </message>
    <message>
        <source>the message</source>
        <translation>die Nachricht</translation>
    </message>
    <message>
        <source>the model</source>
        <translation>das Modell</translation>
    </message>
    <message>
        <source>the model file cannot be read: {strerror}</source>
        <translation>die Modelldatei lässt sich nicht lesen: {strerror}</translation>
    </message>
    <message>
        <source>the model file is damaged or was changed: its SHA-256 is wrong</source>
        <translation>die Modelldatei ist beschädigt oder wurde geändert: Ihr SHA-256 stimmt nicht</translation>
    </message>
    <message>
        <source>the model file is missing</source>
        <translation>die Modelldatei fehlt</translation>
    </message>
    <message>
        <source>the model gave no usable result: {error}</source>
        <translation>das Modell lieferte kein brauchbares Ergebnis: {error}</translation>
    </message>
    <message>
        <source>the model gives {shape}, not {expected}</source>
        <translation>das Modell liefert {shape} statt {expected}</translation>
    </message>
    <message>
        <source>the month before</source>
        <translation>im Monat davor</translation>
    </message>
    <message>
        <source>the name is not known</source>
        <translation>der Name ist nicht bekannt</translation>
    </message>
    <message>
        <source>the newest import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the newest {words}</source>
        <translation>die neuesten {words}</translation>
    </message>
    <message>
        <source>the note of the newest entry had been changed</source>
        <translation>der Vermerk zum neuesten Eintrag war geändert worden</translation>
    </message>
    <message>
        <source>the notification service cannot be used ({name})</source>
        <translation>der Benachrichtigungsdienst lässt sich nicht verwenden ({name})</translation>
    </message>
    <message>
        <source>the notification service does not answer</source>
        <translation>der Benachrichtigungsdienst antwortet nicht</translation>
    </message>
    <message>
        <source>the number of people</source>
        <translation>die Zahl der Personen</translation>
    </message>
    <message>
        <source>the number was between the limit and where it is over</source>
        <translation>die Zahl lag zwischen dem Grenzwert und dem Punkt, ab dem es vorbei ist</translation>
    </message>
    <message>
        <source>the other pictures are</source>
        <translation>werden die übrigen Bilder</translation>
    </message>
    <message>
        <source>the other time</source>
        <translation>die andere Zeit</translation>
    </message>
    <message>
        <source>the picture broke off on the way</source>
        <translation>das Bild brach unterwegs ab</translation>
    </message>
    <message>
        <source>the picture has another shape</source>
        <translation>das Bild hat eine andere Form</translation>
    </message>
    <message>
        <source>the picture has another shape than before</source>
        <translation>das Bild hat ein anderes Format als vorher</translation>
    </message>
    <message>
        <source>the picture has too many pixels</source>
        <translation>das Bild hat zu viele Pixel</translation>
    </message>
    <message>
        <source>the picture is black</source>
        <translation>das Bild ist schwarz</translation>
    </message>
    <message>
        <source>the picture is built oddly</source>
        <translation>das Bild ist ungewöhnlich aufgebaut</translation>
    </message>
    <message>
        <source>the picture is cut off</source>
        <translation>das Bild ist abgeschnitten</translation>
    </message>
    <message>
        <source>the picture is damaged</source>
        <translation>das Bild ist beschädigt</translation>
    </message>
    <message>
        <source>the picture is far too bright</source>
        <translation>das Bild ist viel zu hell</translation>
    </message>
    <message>
        <source>the picture is frozen</source>
        <translation>das Bild ist eingefroren</translation>
    </message>
    <message>
        <source>the picture is out of focus</source>
        <translation>das Bild ist unscharf</translation>
    </message>
    <message>
        <source>the picture is too bright</source>
        <translation>das Bild ist zu hell</translation>
    </message>
    <message>
        <source>the picture is too small</source>
        <translation>das Bild ist zu klein</translation>
    </message>
    <message>
        <source>the picture&apos;s file is too large</source>
        <translation>die Bilddatei ist zu groß</translation>
    </message>
    <message>
        <source>the recording</source>
        <translation>die Aufnahme</translation>
    </message>
    <message>
        <source>the recording has come to its end</source>
        <translation>die Aufnahme ist zu Ende</translation>
    </message>
    <message>
        <source>the report</source>
        <translation>der Bericht</translation>
    </message>
    <message>
        <source>the report “{name}”</source>
        <translation>der Bericht „{name}“</translation>
    </message>
    <message>
        <source>the rest of the recording is</source>
        <translation>wird der Rest der Aufnahme</translation>
    </message>
    <message>
        <source>the role</source>
        <translation>die Rolle</translation>
    </message>
    <message>
        <source>the rule</source>
        <translation>die Regel</translation>
    </message>
    <message>
        <source>the rule is not about this</source>
        <translation>die Regel betrifft dies nicht</translation>
    </message>
    <message>
        <source>the rule is switched off</source>
        <translation>die Regel ist ausgeschaltet</translation>
    </message>
    <message>
        <source>the rule was off at this hour</source>
        <translation>die Regel galt zu dieser Stunde nicht</translation>
    </message>
    <message>
        <source>the same picture again and again</source>
        <translation>immer wieder dasselbe Bild</translation>
    </message>
    <message>
        <source>the same picture over and over</source>
        <translation>immer wieder dasselbe Bild</translation>
    </message>
    <message>
        <source>the search for far people</source>
        <translation>die Suche nach fernen Personen</translation>
    </message>
    <message>
        <source>the sender</source>
        <translation>Absender</translation>
    </message>
    <message>
        <source>the server {host}</source>
        <translation>der Server {host}</translation>
    </message>
    <message>
        <source>the session</source>
        <translation>die Sitzung</translation>
    </message>
    <message>
        <source>the sign-in</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>the site</source>
        <translation>der Standort</translation>
    </message>
    <message>
        <source>the site becomes “{value}”</source>
        <translation>der Standort wird „{value}“</translation>
    </message>
    <message>
        <source>the site “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the size of the picture</source>
        <translation>die Größe des Bilds</translation>
    </message>
    <message>
        <source>the smoothing</source>
        <translation>die Glättung</translation>
    </message>
    <message>
        <source>the start of encryption</source>
        <translation>Beginn der Verschlüsselung</translation>
    </message>
    <message>
        <source>the stream broke off</source>
        <translation>der Stream brach ab</translation>
    </message>
    <message>
        <source>the stream ended</source>
        <translation>der Stream endete</translation>
    </message>
    <message>
        <source>the threshold</source>
        <translation>die Schwelle</translation>
    </message>
    <message>
        <source>the user</source>
        <translation>der Benutzer</translation>
    </message>
    <message>
        <source>the user name becomes “{username}”, and each keeps its password</source>
        <translation>der Benutzername wird „{username}“, und jede behält ihr Passwort</translation>
    </message>
    <message>
        <source>the wall shows the past</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the wall shows the past: {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the week before</source>
        <translation>in der Woche davor</translation>
    </message>
    <message>
        <source>the window is open</source>
        <translation>das Fenster ist offen</translation>
    </message>
    <message>
        <source>the workspace file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the zone on the ground</source>
        <translation>die Zone auf dem Boden</translation>
    </message>
    <message>
        <source>the {what}</source>
        <translation>{what}</translation>
    </message>
    <message>
        <source>there is no access token in it</source>
        <translation>in der Antwort ist kein Zugriffstoken</translation>
    </message>
    <message>
        <source>there is no notification service</source>
        <translation>es gibt keinen Benachrichtigungsdienst</translation>
    </message>
    <message>
        <source>there is no picture at its address</source>
        <translation>unter ihrer Adresse gibt es kein Bild</translation>
    </message>
    <message>
        <source>there is no picture in this folder</source>
        <translation>in diesem Ordner ist kein Bild</translation>
    </message>
    <message>
        <source>there is no such entry</source>
        <translation>es gibt keinen solchen Eintrag</translation>
    </message>
    <message>
        <source>there is no such file or folder</source>
        <translation>es gibt keine solche Datei und keinen solchen Ordner</translation>
    </message>
    <message>
        <source>there is no way to it in the network</source>
        <translation>im Netz führt kein Weg zu ihr</translation>
    </message>
    <message>
        <source>there is too little room: about {megabytes} are needed and {megabytes2} must stay free, but {folder} has only {megabytes3}; delete or move files, or choose another folder</source>
        <translation>es ist zu wenig Platz: Benötigt werden etwa {megabytes}, und {megabytes2} müssen frei bleiben, aber {folder} hat nur {megabytes3}; löschen oder verschieben Sie Dateien, oder wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>there was too little history to know what is usual</source>
        <translation>es gab zu wenig Verlauf, um zu wissen, was üblich ist</translation>
    </message>
    <message>
        <source>they are asked as “{username}” with the new password</source>
        <translation>sie werden als „{username}“ mit dem neuen Passwort abgefragt</translation>
    </message>
    <message>
        <source>they are switched off</source>
        <translation>sie werden ausgeschaltet</translation>
    </message>
    <message>
        <source>they are watched</source>
        <translation>sie werden überwacht</translation>
    </message>
    <message>
        <source>this </source>
        <translation>dieser Zeitraum: </translation>
    </message>
    <message>
        <source>this CamWatch came without a key to check such news with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this alert</source>
        <translation>dieser Alarm</translation>
    </message>
    <message>
        <source>this cannot be read: {strerror}</source>
        <translation>dies lässt sich nicht lesen: {strerror}</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Computer</translation>
    </message>
    <message>
        <source>this computer allows no more processes</source>
        <translation>dieser Computer erlaubt keine weiteren Prozesse</translation>
    </message>
    <message>
        <source>this computer cannot keep up</source>
        <translation>dieser Computer kommt nicht nach</translation>
    </message>
    <message>
        <source>this computer decodes its video too slowly</source>
        <translation>dieser Computer decodiert ihr Video zu langsam</translation>
    </message>
    <message>
        <source>this computer grants no more threads</source>
        <translation>dieser Computer gewährt keine weiteren Threads</translation>
    </message>
    <message>
        <source>this computer has no network</source>
        <translation>dieser Computer hat kein Netz</translation>
    </message>
    <message>
        <source>this computer is too busy</source>
        <translation>dieser Computer ist überlastet</translation>
    </message>
    <message>
        <source>this computer slept</source>
        <translation>dieser Computer war im Ruhezustand</translation>
    </message>
    <message>
        <source>this computer was asleep</source>
        <translation>dieser Computer war im Ruhezustand</translation>
    </message>
    <message>
        <source>this file is empty</source>
        <translation>diese Datei ist leer</translation>
    </message>
    <message>
        <source>this is a link to itself</source>
        <translation>dies ist eine Verknüpfung auf sich selbst</translation>
    </message>
    <message>
        <source>this is neither a file nor a folder</source>
        <translation>dies ist weder eine Datei noch ein Ordner</translation>
    </message>
    <message>
        <source>this is neither a picture (JPEG or PNG) nor a video that can be read</source>
        <translation>dies ist weder ein Bild (JPEG oder PNG) noch ein lesbares Video</translation>
    </message>
    <message>
        <source>this is not read</source>
        <translation>dies wird nicht gelesen</translation>
    </message>
    <message>
        <source>this session has no D-Bus</source>
        <translation>diese Sitzung hat keinen D-Bus</translation>
    </message>
    <message>
        <source>this user may not do that</source>
        <translation>dieser Benutzer darf das nicht</translation>
    </message>
    <message>
        <source>this {problem}</source>
        <translation>die Datei {problem}</translation>
    </message>
    <message>
        <source>timed out</source>
        <translation>timed out</translation>
    </message>
    <message>
        <source>timeout expired</source>
        <translation>timeout expired</translation>
    </message>
    <message>
        <source>to {shape} by {shape2} pixels</source>
        <translation>auf {shape} mal {shape2} Pixel</translation>
    </message>
    <message>
        <source>today</source>
        <translation>heute</translation>
    </message>
    <message>
        <source>today {said}</source>
        <translation>heute {said}</translation>
    </message>
    <message>
        <source>told the next ones</source>
        <translation>hat die Nächsten benachrichtigt</translation>
    </message>
    <message>
        <source>too few</source>
        <translation>zu wenig</translation>
    </message>
    <message>
        <source>too few to say</source>
        <translation>zu wenig für eine Aussage</translation>
    </message>
    <message>
        <source>too little to say</source>
        <translation>zu wenig für eine Aussage</translation>
    </message>
    <message>
        <source>too many alerts came at once</source>
        <translation>es kamen zu viele Alarme auf einmal</translation>
    </message>
    <message>
        <source>too many clients</source>
        <translation>too many clients</translation>
    </message>
    <message>
        <source>too many connections</source>
        <translation>too many connections</translation>
    </message>
    <message>
        <source>too many connections are open here</source>
        <translation>hier sind zu viele Verbindungen offen</translation>
    </message>
    <message>
        <source>too many notifications wait</source>
        <translation>zu viele Benachrichtigungen warten</translation>
    </message>
    <message>
        <source>too slow to count who passes</source>
        <translation>zu langsam, um Durchgänge zu zählen</translation>
    </message>
    <message>
        <source>took it off the shelf</source>
        <translation>hat ihn zurückgeholt</translation>
    </message>
    <message>
        <source>tried again {moment}</source>
        <translation>nächster Versuch {moment}</translation>
    </message>
    <message>
        <source>twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>two of its keys have one name</source>
        <translation>zwei seiner Schlüssel haben denselben Namen</translation>
    </message>
    <message>
        <source>u-turn {key}</source>
        <translation>Umkehr {key}</translation>
    </message>
    <message>
        <source>under 1 %</source>
        <translation>unter 1 %</translation>
    </message>
    <message>
        <source>unexpected answer</source>
        <translation>unerwartete Antwort</translation>
    </message>
    <message>
        <source>unforeseen error {error_id}</source>
        <translation>unvorhergesehener Fehler {error_id}</translation>
    </message>
    <message>
        <source>unknown, not zero</source>
        <translation>unbekannt, nicht null</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>until {until}</source>
        <translation>bis {until}</translation>
    </message>
    <message>
        <source>until {until} by {actor}: {shown}</source>
        <translation>bis {until} von {actor}: {shown}</translation>
    </message>
    <message>
        <source>until {until} by {by}: {shown}</source>
        <translation>bis {until} von {by}: {shown}</translation>
    </message>
    <message>
        <source>until {when}</source>
        <translation>bis {when}</translation>
    </message>
    <message>
        <source>user name and password are taken away</source>
        <translation>Benutzername und Passwort werden entfernt</translation>
    </message>
    <message>
        <source>user name or password refused</source>
        <translation>Benutzername oder Passwort abgelehnt</translation>
    </message>
    <message>
        <source>user {owner}</source>
        <translation>Benutzer {owner}</translation>
    </message>
    <message>
        <source>user {user_id}</source>
        <translation>Benutzer {user_id}</translation>
    </message>
    <message>
        <source>value {number}</source>
        <translation>Wert {number}</translation>
    </message>
    <message>
        <source>volume is 0</source>
        <translation>Lautstärke ist 0</translation>
    </message>
    <message>
        <source>waiting for the first picture</source>
        <translation>wartet auf das erste Bild</translation>
    </message>
    <message>
        <source>waiting for the keyring or the vault</source>
        <translation>wartet auf den Schlüsselbund oder den Tresor</translation>
    </message>
    <message>
        <source>was changed after it had been tested; test it again if the change is wanted</source>
        <translation>wurde nach dem Test geändert; testen Sie es erneut, wenn die Änderung gewollt ist</translation>
    </message>
    <message>
        <source>was changed while it was tested</source>
        <translation>wurde während des Tests geändert</translation>
    </message>
    <message>
        <source>was changed: it asks for more memory or time than any vault needs</source>
        <translation>wurde geändert: Mehr Speicher oder Zeit wird verlangt, als ein Tresor je braucht</translation>
    </message>
    <message>
        <source>was written by a newer CamWatch; install that one</source>
        <translation>wurde von einem neueren CamWatch geschrieben; installieren Sie dieses</translation>
    </message>
    <message>
        <source>webhook that is gone</source>
        <translation>Webhook, den es nicht mehr gibt</translation>
    </message>
    <message>
        <source>webhook {name}</source>
        <translation>Webhook {name}</translation>
    </message>
    <message>
        <source>week of {day}</source>
        <translation>Woche ab {day}</translation>
    </message>
    <message>
        <source>went in</source>
        <translation>hinein</translation>
    </message>
    <message>
        <source>went out</source>
        <translation>hinaus</translation>
    </message>
    <message>
        <source>what answers there has no such file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what came is no such file, but perhaps a page to sign in to a network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what is never to be shown or kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what is to be left out</source>
        <translation>das, was ausgelassen werden soll</translation>
    </message>
    <message>
        <source>what it watches for did not happen</source>
        <translation>worauf sie achtet, war nicht eingetreten</translation>
    </message>
    <message>
        <source>what runs the model</source>
        <translation>die Ausführung des Modells</translation>
    </message>
    <message>
        <source>what the file would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>when full they go to a file beside the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>when full, the newest is refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>where its pictures are, is not known</source>
        <translation>wo ihre Bilder sind, ist nicht bekannt</translation>
    </message>
    <message>
        <source>where its stream is, is not known</source>
        <translation>wo ihr Stream ist, ist nicht bekannt</translation>
    </message>
    <message>
        <source>within a day, if it goes on like this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>within {key}</source>
        <translation>innerhalb {key}</translation>
    </message>
    <message>
        <source>workstation {number}</source>
        <translation>Arbeitsplatz {number}</translation>
    </message>
    <message>
        <source>worth it here</source>
        <translation>das lohnt sich hier</translation>
    </message>
    <message>
        <source>would become too large</source>
        <translation>würde zu groß</translation>
    </message>
    <message>
        <source>would tell {count} in {where}; one message has {most_addresses} at most</source>
        <translation>würden in {where} {count} Adressen benachrichtigen; eine Nachricht hat höchstens {most_addresses}</translation>
    </message>
    <message>
        <source>wrong passwords</source>
        <translation>falschen Passwörtern</translation>
    </message>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you saw it, the program missed it</source>
        <translation>von Ihnen gesehen, vom Programm übersehen</translation>
    </message>
    <message>
        <source>{about}
Until then it tells nobody, and does not escalate. Everything about it is still recorded.</source>
        <translation>{about}
Bis dahin wird niemand benachrichtigt und nichts eskaliert. Aufgezeichnet wird weiterhin alles.</translation>
    </message>
    <message>
        <source>{about} This one is followed by all rules that name no other.</source>
        <translation>{about} Diesem folgen alle Regeln, die keinen anderen nennen.</translation>
    </message>
    <message>
        <source>{about}, {bad} not fit yet</source>
        <translation>{about}, {bad} noch nicht in Ordnung</translation>
    </message>
    <message>
        <source>{about}, {count} corners.</source>
        <translation>{about}, {count} Ecken.</translation>
    </message>
    <message>
        <source>{about}, {kib} KiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{advice} It names {redirect}</source>
        <translation>{advice} Sie nennt {redirect}</translation>
    </message>
    <message>
        <source>{age} ago</source>
        <translation>{age} her</translation>
    </message>
    <message>
        <source>{alerts_left_out:,} more were raised; they are in the inbox.</source>
        <translation>{alerts_left_out:,} weitere wurden ausgelöst; sie stehen im Eingang.</translation>
    </message>
    <message>
        <source>{alerts} selected</source>
        <translation>{alerts} ausgewählt</translation>
    </message>
    <message>
        <source>{amount} people</source>
        <translation>{amount} Personen</translation>
    </message>
    <message>
        <source>{announced} bytes, at most {max_bytes}</source>
        <translation>{announced} Bytes, höchstens {max_bytes}</translation>
    </message>
    <message>
        <source>{at:%a %d %b, %H:%M}</source>
        <translation>{at:%a %d. %b, %H:%M}</translation>
    </message>
    <message>
        <source>{attempts} attempts</source>
        <translation>{attempts} Versuche</translation>
    </message>
    <message>
        <source>{audited} of {cameras_words} audited</source>
        <translation>{audited} von {cameras_words} geprüft</translation>
    </message>
    <message>
        <source>{author} excluded this time from the numbers: {reason}</source>
        <translation>{author} hat diese Zeit aus den Zahlen ausgeschlossen: {reason}</translation>
    </message>
    <message>
        <source>{bad} of {users} have problems, so nobody can be added yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{begin} to {date} {year}</source>
        <translation>{begin} bis {date} {year}</translation>
    </message>
    <message>
        <source>{begin} to {day_text}, {end:%H:%M}</source>
        <translation>{begin} bis {day_text}, {end:%H:%M}</translation>
    </message>
    <message>
        <source>{begin} to {day_text}, {last:%H:%M}</source>
        <translation>{begin} bis {day_text}, {last:%H:%M}</translation>
    </message>
    <message>
        <source>{begin} to {end:%H:%M}</source>
        <translation>{begin} bis {end:%H:%M}</translation>
    </message>
    <message>
        <source>{begin} to {last:%H:%M}</source>
        <translation>{begin} bis {last:%H:%M}</translation>
    </message>
    <message>
        <source>{between}{elsewhere} counted elsewhere</source>
        <translation>{between}{elsewhere} anderswo gezählt</translation>
    </message>
    <message>
        <source>{between}{off} switched off</source>
        <translation>{between}{off} ausgeschaltet</translation>
    </message>
    <message>
        <source>{between}{value:.0f} % analysed</source>
        <translation>{between}{value:.0f} % ausgewertet</translation>
    </message>
    <message>
        <source>{busy:g} is not from 0 to 1</source>
        <translation>{busy:g} liegt nicht zwischen 0 und 1</translation>
    </message>
    <message>
        <source>{busy}, restarted {number} times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} are added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} are added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} are being added …</source>
        <translation>Wird hinzugefügt: {cameras_words} …</translation>
    </message>
    <message>
        <source>{cameras_words} can be added, 1 has a problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} can be added, {bad} have problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} followed to the new address.</source>
        <translation>Neue Adresse übernommen: {cameras_words}.</translation>
    </message>
    <message>
        <source>{cameras_words} found</source>
        <translation>{cameras_words} gefunden</translation>
    </message>
    <message>
        <source>{cameras_words} of the list have other addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words}, {live} live</source>
        <translation>{cameras_words}, {live} live</translation>
    </message>
    <message>
        <source>{cameras} at {places} fail together too.</source>
        <translation>{cameras} an {places} sind ebenfalls gemeinsam ausgefallen.</translation>
    </message>
    <message>
        <source>{cameras} is not from 1 to {most_cameras}</source>
        <translation>{cameras} liegt nicht zwischen 1 und {most_cameras}</translation>
    </message>
    <message>
        <source>{cameras} wait for a password. {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} wait for the keyring, which is locked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} wait for the vault&apos;s passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} with a bad view</source>
        <translation>{cameras} mit schlechtem Bild</translation>
    </message>
    <message>
        <source>{camera}: chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{camera}: edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{camera}: lines and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{capital} is in use ({said}). Wait until it is done.</source>
        <translation>{capital} wird gerade verwendet ({said}). Warten Sie, bis das zu Ende ist.</translation>
    </message>
    <message>
        <source>{chore} failed: {reason}. It is tried again. “History and storage…” in the operator menu tells more.</source>
        <translation>Fehlgeschlagen: {chore}. Grund: {reason}. Es wird erneut versucht. Mehr dazu unter „Verlauf und Speicherung…“ im Menü des Bedieners.</translation>
    </message>
    <message>
        <source>{clock_time} on {day}</source>
        <translation>{day}, {clock_time}</translation>
    </message>
    <message>
        <source>{clock_words} of {duration}</source>
        <translation>{clock_words} von {duration}</translation>
    </message>
    <message>
        <source>{clock}  You: {people}, the program: {shown}</source>
        <translation>{clock}  Sie: {people}, das Programm: {shown}</translation>
    </message>
    <message>
        <source>{clock} to {clock2}</source>
        <translation>{clock} bis {clock2}</translation>
    </message>
    <message>
        <source>{copy} is no sound copy of a history ({detail}), so nothing was changed. Choose another one; “camwatch db backups” lists them.</source>
        <translation>{copy} ist keine fehlerfreie Kopie eines Verlaufs ({detail}), daher wurde nichts geändert. Wählen Sie eine andere; „camwatch db backups“ listet sie auf.</translation>
    </message>
    <message>
        <source>{count:,} alerts</source>
        <translation>{count:,} Alarme</translation>
    </message>
    <message>
        <source>{count:,} alerts of the rule “{rule}” were held back, so that you are not flooded:</source>
        <translation>{count:,} Alarme der Regel „{rule}“ wurden zurückgehalten, damit es nicht zu viele auf einmal werden:</translation>
    </message>
    <message>
        <source>{count:,} cameras: {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} more alerts of the rule “{rule}”</source>
        <translation>{count:,} weitere Alarme der Regel „{rule}“</translation>
    </message>
    <message>
        <source>{count:,} places: {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{counted} pictures were counted in {seconds} s, and {files} files were searched. The outcome is in the audit log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{counts} wait on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} alerts that nobody has seen</source>
        <translation>{count} Alarme, die noch niemand gesehen hat</translation>
    </message>
    <message>
        <source>{count} alerts were open then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} are checked, and there is room for {most}: please uncheck {value}.</source>
        <translation>{count} sind angekreuzt, Platz ist für {most}: Bitte wählen Sie {value} davon ab.</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} Bytes</translation>
    </message>
    <message>
        <source>{count} bytes, at most {max_bytes}</source>
        <translation>{count} Bytes, höchstens {max_bytes}</translation>
    </message>
    <message>
        <source>{count} cameras</source>
        <translation>{count} Kameras</translation>
    </message>
    <message>
        <source>{count} cameras are simulated: nobody in them is real. ({names})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} cameras were changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} changes are not saved yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} entries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} found by {name}</source>
        <translation>{count} gefunden von {name}</translation>
    </message>
    <message>
        <source>{count} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} hold after CamWatch is opened anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} intervals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} keys</source>
        <translation>{count} Schlüssel</translation>
    </message>
    <message>
        <source>{count} messages</source>
        <translation>{count} Nachrichten</translation>
    </message>
    <message>
        <source>{count} minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} now</source>
        <translation>jetzt {count}</translation>
    </message>
    <message>
        <source>{count} of {count2} audited</source>
        <translation>{count} von {count2} geprüft</translation>
    </message>
    <message>
        <source>{count} of {count2} cameras audited</source>
        <translation>{count} von {count2} Kameras geprüft</translation>
    </message>
    <message>
        <source>{count} of {most} checked</source>
        <translation>{count} von {most} angekreuzt</translation>
    </message>
    <message>
        <source>{count} other places</source>
        <translation>{count} weiteren Orten</translation>
    </message>
    <message>
        <source>{count} passwords are</source>
        <translation>{count} Passwörter sind</translation>
    </message>
    <message>
        <source>{count} people</source>
        <translation>{count} Personen</translation>
    </message>
    <message>
        <source>{count} pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} rows refer to others that are not there</source>
        <translation>{count} Zeilen verweisen auf andere, die es nicht gibt</translation>
    </message>
    <message>
        <source>{count} sessions</source>
        <translation>{count} Sitzungen</translation>
    </message>
    <message>
        <source>{count} settings, {changed} changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} sites</source>
        <translation>{count} Standorte</translation>
    </message>
    <message>
        <source>{count} times</source>
        <translation>{count}-mal</translation>
    </message>
    <message>
        <source>{count} unacknowledged, the most serious {value}</source>
        <translation>{count} nicht quittiert, höchster Schweregrad: {value}</translation>
    </message>
    <message>
        <source>{count} unusual {several}</source>
        <translation>{count} ungewöhnliche {several}</translation>
    </message>
    <message>
        <source>{count} users</source>
        <translation>{count} Benutzer</translation>
    </message>
    <message>
        <source>{coverage:.0%} of the time was measured</source>
        <translation>{coverage:.0%} der Zeit wurde gemessen</translation>
    </message>
    <message>
        <source>{date} {year} to {date2} {year2}</source>
        <translation>{date} {year} bis {date2} {year2}</translation>
    </message>
    <message>
        <source>{day:%a} {number}</source>
        <translation>{day:%a} {number}.</translation>
    </message>
    <message>
        <source>{days} days</source>
        <translation>{days} Tage</translation>
    </message>
    <message>
        <source>{days} days from now at most.</source>
        <translation>Höchstens {days} Tage ab jetzt.</translation>
    </message>
    <message>
        <source>{days} days {hours} h</source>
        <translation>{days} Tage {hours} h</translation>
    </message>
    <message>
        <source>{days} to {day_words}</source>
        <translation>{days} bis {day_words}</translation>
    </message>
    <message>
        <source>{days}, {hour}:00 to {value}:00</source>
        <translation>{days}, {hour}:00 bis {value}:00</translation>
    </message>
    <message>
        <source>{days}: unknown. Nothing was measured.</source>
        <translation>{days}: unbekannt. Es wurde nichts gemessen.</translation>
    </message>
    <message>
        <source>{days}: {amount} people on average over the day; busiest from {busiest}:00 to {value}:00 with {amount2}.</source>
        <translation>{days}: im Tagesmittel {amount} Personen; am vollsten von {busiest}:00 bis {value}:00 mit {amount2}.</translation>
    </message>
    <message>
        <source>{day} to {day_text}</source>
        <translation>{day} bis {day_text}</translation>
    </message>
    <message>
        <source>{day} {local:%b %Y, %H:%M:%S} ({zone})</source>
        <translation>{day}. {local:%b %Y, %H:%M:%S} ({zone})</translation>
    </message>
    <message>
        <source>{day} {local:%b %Y, %H:%M}</source>
        <translation>{day}. {local:%b %Y, %H:%M}</translation>
    </message>
    <message>
        <source>{day} {local:%b %Y}</source>
        <translation>{day}. {local:%b %Y}</translation>
    </message>
    <message>
        <source>{day} {local:%b}</source>
        <translation>{day}. {local:%b}</translation>
    </message>
    <message>
        <source>{day} {months}{year} to {until}</source>
        <translation>{day} {months}{year} bis {until}</translation>
    </message>
    <message>
        <source>{day} {month} {year}, {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day}, {start:%H:%M} to {end:%H:%M}</source>
        <translation>{day}, {start:%H:%M} bis {end:%H:%M}</translation>
    </message>
    <message>
        <source>{deletes} This cannot be undone, but by a copy that was made before.</source>
        <translation>{deletes} Das lässt sich nicht rückgängig machen, außer mit einer Kopie von früher.</translation>
    </message>
    <message>
        <source>{detail} to {where}</source>
        <translation>{detail}, Ziel: {where}</translation>
    </message>
    <message>
        <source>{detail}, and no user name is set</source>
        <translation>{detail}, und kein Benutzername ist eingetragen</translation>
    </message>
    <message>
        <source>{detail}, which {problem}</source>
        <translation>{detail}; das {problem}</translation>
    </message>
    <message>
        <source>{devices} is the same device.</source>
        <translation>{devices} ist dasselbe Gerät.</translation>
    </message>
    <message>
        <source>{dialog} for: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done:,} of about {count:,} rows</source>
        <translation>{done:,} von etwa {count:,} Zeilen</translation>
    </message>
    <message>
        <source>{done} of {cameras_words}</source>
        <translation>{done} von {cameras_words}</translation>
    </message>
    <message>
        <source>{doubtful} of the audits may not hold any more.</source>
        <translation>{doubtful} der Prüfungen gelten vielleicht nicht mehr.</translation>
    </message>
    <message>
        <source>{ends_early}: an older copy of the history was put back{with_note}.</source>
        <translation>{ends_early}: Eine ältere Kopie des Verlaufs wurde zurückgespielt{with_note}.</translation>
    </message>
    <message>
        <source>{ends_early}: {which}{which2} {was} cut off.</source>
        <translation>{ends_early}: {which}{which2} {was} abgeschnitten.</translation>
    </message>
    <message>
        <source>{entries_words} are saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{entries} of an older CamWatch are protected only since the update.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{entries} were written without a key, as no keyring answered. Of them, changes by accident are found, changes on purpose perhaps not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{error}
Error number:
{error_id}</source>
        <translation>{error}
Fehler-Nummer:
{error_id}</translation>
    </message>
    <message>
        <source>{error}. The server was not changed.</source>
        <translation>{error}. Der Server wurde nicht geändert.</translation>
    </message>
    <message>
        <source>{failed} of {count} steps did not go as they should.</source>
        <translation>{failed} von {count} Schritten liefen nicht wie vorgesehen.</translation>
    </message>
    <message>
        <source>{failed} of {count} {channels} did not work.</source>
        <translation>{failed} von {count} {channels} ohne Erfolg.</translation>
    </message>
    <message>
        <source>{failures} wrong passwords</source>
        <translation>{failures} falschen Passwörtern</translation>
    </message>
    <message>
        <source>{field} {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file!r} is no name of a recorded picture</source>
        <translation>{file!r} ist kein Name eines aufgenommenen Bildes</translation>
    </message>
    <message>
        <source>{file} can be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be opened ({detail}). Check that its folder exists and is connected.</source>
        <translation>{file} lässt sich nicht öffnen ({detail}). Prüfen Sie, ob der Ordner vorhanden und verbunden ist.</translation>
    </message>
    <message>
        <source>{file} cannot be written: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} holds a history already; name a new file</source>
        <translation>{file} enthält schon einen Verlauf; nennen Sie eine neue Datei</translation>
    </message>
    <message>
        <source>{file} is a database of another program, and is left as it is. Move it to another folder, or choose another file or profile for the history.</source>
        <translation>{file} ist die Datenbank eines anderen Programms und bleibt, wie sie ist. Verschieben Sie sie in einen anderen Ordner, oder wählen Sie für den Verlauf eine andere Datei oder ein anderes Profil.</translation>
    </message>
    <message>
        <source>{file} is closed because CamWatch ends.</source>
        <translation>{file} ist geschlossen, weil CamWatch beendet wird.</translation>
    </message>
    <message>
        <source>{file} is damaged, missing or not a database ({detail}). Start CamWatch, which offers what can be done and deletes nothing; “camwatch db” does the same without a window.</source>
        <translation>{file} ist beschädigt, fehlt oder ist keine Datenbank ({detail}). Starten Sie CamWatch: Es bietet an, was möglich ist, und löscht nichts; „camwatch db“ tut dasselbe ohne Fenster.</translation>
    </message>
    <message>
        <source>{file} is in a place that cannot hold a live history (journal {mode}), perhaps a network drive. Choose a folder on a disk of this computer.</source>
        <translation>{file} liegt an einem Ort, der keinen laufenden Verlauf aufnehmen kann (Journal {mode}), vielleicht auf einem Netzlaufwerk. Wählen Sie einen Ordner auf einem Datenträger dieses Computers.</translation>
    </message>
    <message>
        <source>{file} is on a network drive ({kind}), where a file that several programs use is damaged sooner or later. Choose a folder on a disk of this computer; for a history that several computers share, use a PostgreSQL server.</source>
        <translation>{file} liegt auf einem Netzlaufwerk ({kind}), und dort wird eine Datei, die mehrere Programme verwenden, früher oder später beschädigt. Wählen Sie einen Ordner auf einem Datenträger dieses Computers; für einen Verlauf, den sich mehrere Computer teilen, verwenden Sie einen PostgreSQL-Server.</translation>
    </message>
    <message>
        <source>{file} is written. Give it to your support.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} may not be written ({detail}). Allow your account to write this file and its folder, or choose another folder.</source>
        <translation>{file} ist schreibgeschützt ({detail}). Erlauben Sie Ihrem Konto, diese Datei und ihren Ordner zu schreiben, oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{file} was deleted, moved or replaced while CamWatch is running. Put the same file back; to use another one, restart CamWatch.</source>
        <translation>{file} wurde gelöscht, verschoben oder ersetzt, während CamWatch läuft. Legen Sie dieselbe Datei zurück; um eine andere zu verwenden, starten Sie CamWatch neu.</translation>
    </message>
    <message>
        <source>{file} was written by a newer CamWatch: its schema is {present}, and this CamWatch {version} knows schemas up to {head}. Start the newer CamWatch, or put a copy of the history from before the update in its place.</source>
        <translation>{file} wurde von einem neueren CamWatch geschrieben: Das Schema ist {present}, und dieses CamWatch {version} kennt Schemas bis {head}. Starten Sie das neuere CamWatch, oder setzen Sie eine Kopie des Verlaufs aus der Zeit vor der Aktualisierung an seine Stelle.</translation>
    </message>
    <message>
        <source>{first:%A} {day}</source>
        <translation>{first:%A}, {day}</translation>
    </message>
    <message>
        <source>{first:%B %Y}</source>
        <translation>{first:%B %Y}</translation>
    </message>
    <message>
        <source>{folder} cannot be looked at: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} is not a folder; choose another with --profile DIR.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} may not be written by you; allow that, or choose another folder with --profile DIR.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder}: only {value} MB are free</source>
        <translation>{folder}: nur {value} MB sind frei</translation>
    </message>
    <message>
        <source>{found} of {known} people found{wrong}.</source>
        <translation>{found} von {known} Personen gefunden{wrong}.</translation>
    </message>
    <message>
        <source>{fps:g} is not from {slowest_fps:g} to {fastest_fps:g}</source>
        <translation>{fps:g} liegt nicht zwischen {slowest_fps:g} und {fastest_fps:g}</translation>
    </message>
    <message>
        <source>{free}: too little to keep a history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{has} They get another one at the same moment.</source>
        <translation>{has} Zugleich erhält jeder davon eine andere.</translation>
    </message>
    <message>
        <source>{health} Press for the Health page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host} leads to {end}</source>
        <translation>{host} führt zu {end}</translation>
    </message>
    <message>
        <source>{hours:g} of 168 hours a week</source>
        <translation>{hours:g} von 168 Stunden pro Woche</translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation>{hours} h</translation>
    </message>
    <message>
        <source>{hours} h {minutes:02} min</source>
        <translation>{hours} h {minutes:02} min</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{how}: held back, so that it is not flooded</source>
        <translation>{how}: zurückgehalten, damit es nicht zu viele auf einmal werden</translation>
    </message>
    <message>
        <source>{how}a password.</source>
        <translation>{how}ein Passwort.</translation>
    </message>
    <message>
        <source>{inwards:+d} in, {outwards:+d} out</source>
        <translation>{inwards:+d} hinein, {outwards:+d} hinaus</translation>
    </message>
    <message>
        <source>{key} ({local:%Z}, UTC{offset}:{offset2})</source>
        <translation>{key} ({local:%Z}, UTC{offset}:{offset2})</translation>
    </message>
    <message>
        <source>{key}, UTC{offset}:{offset2} at the start</source>
        <translation>{key}, zu Beginn UTC{offset}:{offset2}</translation>
    </message>
    <message>
        <source>{kinds} to {to_words}. {state_words}. Due {whole_moment}, tried {times}.</source>
        <translation>{kinds} an {to_words}. {state_words}. Fällig {whole_moment}, versucht: {times}.</translation>
    </message>
    <message>
        <source>{kind}
{size}
{rate:.1f} pictures a second</source>
        <translation>{kind}
{size}
{rate:.1f} Bilder pro Sekunde</translation>
    </message>
    <message>
        <source>{kind}, cannot be saved yet</source>
        <translation>{kind}, noch nicht speicherbar</translation>
    </message>
    <message>
        <source>{known} in the list already</source>
        <translation>{known} schon in der Liste</translation>
    </message>
    <message>
        <source>{lasting} left</source>
        <translation>noch {lasting}</translation>
    </message>
    <message>
        <source>{latency_ms:.0f} ms</source>
        <translation>{latency_ms:.0f} ms</translation>
    </message>
    <message>
        <source>{least}{people:.1f} people, coverage {percent}</source>
        <translation>{least}{people:.1f} Personen, Abdeckung {percent}</translation>
    </message>
    <message>
        <source>{left_s} seconds</source>
        <translation>{left_s} Sekunden</translation>
    </message>
    <message>
        <source>{length} of at most {bound} wait; {dropped} dropped: {rule}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{length} wait; {dropped} dropped: {rule}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{live} of {all} cameras are live.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{live} of {cameras} live</source>
        <translation>{live} von {cameras} live</translation>
    </message>
    <message>
        <source>{local:%a %d %b, %H:%M:%S}</source>
        <translation>{local:%a %d. %b, %H:%M:%S}</translation>
    </message>
    <message>
        <source>{local:%a} {day} {local:%b %H:%M}</source>
        <translation>{local:%a} {day}. {local:%b %H:%M}</translation>
    </message>
    <message>
        <source>{local:%d %b %H:%M}</source>
        <translation>{local:%d. %b %H:%M}</translation>
    </message>
    <message>
        <source>{long} of history; of the time in which the rule is on, {percent} could be judged.</source>
        <translation>{long} Verlauf; von der Zeit, in der die Regel gilt, ließen sich {percent} beurteilen.</translation>
    </message>
    <message>
        <source>{looked} {are} to be saved.</source>
        <translation>{looked} {are} auf das Speichern.</translation>
    </message>
    <message>
        <source>{low:.1f} to {high:.1f}</source>
        <translation>{low:.1f} bis {high:.1f}</translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation>{low} bis {high}</translation>
    </message>
    <message>
        <source>{made_by} counted {about}, recorded {moment}.{comment}</source>
        <translation>{made_by} zählte {about}, aufgenommen am {moment}.{comment}</translation>
    </message>
    <message>
        <source>{many} at {count:,} cameras{common}: {names}</source>
        <translation>{many} bei {count:,} Kameras{common}: {names}</translation>
    </message>
    <message>
        <source>{many} at {where} {do_not} answer since {since}: probably the recorder there is off or restarts.</source>
        <translation>Seit {since}: {many} an {where} {do_not} Bilder mehr. Wahrscheinlich ist der Rekorder dort aus oder startet neu.</translation>
    </message>
    <message>
        <source>{many} of {where} {do_not} answer since {since}: probably the switch or recorder there.</source>
        <translation>Seit {since}: {many} aus {where} {do_not} Bilder mehr. Wahrscheinlich liegt es dort am Switch oder am Rekorder.</translation>
    </message>
    <message>
        <source>{mean:.1f} people on average, at most {peak}, {share} of the time known</source>
        <translation>im Mittel {mean:.1f} Personen, höchstens {peak}, {share} der Zeit bekannt</translation>
    </message>
    <message>
        <source>{mean} on average in this minute, at most {most}</source>
        <translation>im Mittel {mean} in dieser Minute, höchstens {most}</translation>
    </message>
    <message>
        <source>{mean} people on average</source>
        <translation>Im Mittel {mean} Personen</translation>
    </message>
    <message>
        <source>{messages} wait for it, and will be tried again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{messages} waiting</source>
        <translation>{messages} wartend</translation>
    </message>
    <message>
        <source>{mib} MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{mib} MiB are free for {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>{minutes} min {rest} s</source>
        <translation>{minutes} min {rest} s</translation>
    </message>
    <message>
        <source>{missing} more characters needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model} ({precision}) runs in {runtime}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model}, {precision}, run by {runtime}</source>
        <translation>{model}, {precision}, ausgeführt von {runtime}</translation>
    </message>
    <message>
        <source>{moment:%Y-%m-%d %H:%M:%S}.{value:03d} UTC</source>
        <translation>{moment:%Y-%m-%d %H:%M:%S}.{value:03d} UTC</translation>
    </message>
    <message>
        <source>{moment} by {by}</source>
        <translation>{moment} von {by}</translation>
    </message>
    <message>
        <source>{moment} by {made_by}</source>
        <translation>{moment} von {made_by}</translation>
    </message>
    <message>
        <source>{moment} to {moment2}</source>
        <translation>{moment} bis {moment2}</translation>
    </message>
    <message>
        <source>{moment} to {moment2} ({key})</source>
        <translation>{moment} bis {moment2} ({key})</translation>
    </message>
    <message>
        <source>{moment} to {moment2} ({length})</source>
        <translation>{moment} bis {moment2} ({length})</translation>
    </message>
    <message>
        <source>{moment}: {found}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment}: {grade}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{more} more alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ms:.0f} ms</source>
        <translation>{ms:.0f} ms</translation>
    </message>
    <message>
        <source>{named} and {value} more</source>
        <translation>{named} und {value} weitere</translation>
    </message>
    <message>
        <source>{named} are switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} is switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {found}</source>
        <translation>{names} und {found}</translation>
    </message>
    <message>
        <source>{names} and {more} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {told}</source>
        <translation>{names} und {told}</translation>
    </message>
    <message>
        <source>{names} and {value} more</source>
        <translation>{names} und {value} weitere</translation>
    </message>
    <message>
        <source>{name} (copy)</source>
        <translation>{name} (Kopie)</translation>
    </message>
    <message>
        <source>{name} (environment)</source>
        <translation>{name} (Umgebung)</translation>
    </message>
    <message>
        <source>{name} (group)</source>
        <translation>{name} (Gruppe)</translation>
    </message>
    <message>
        <source>{name} (no {what})</source>
        <translation>{name} (keine {what})</translation>
    </message>
    <message>
        <source>{name} (removed)</source>
        <translation>{name} (entfernt)</translation>
    </message>
    <message>
        <source>{name} (usual)</source>
        <translation>{name} (üblich)</translation>
    </message>
    <message>
        <source>{name} (you)</source>
        <translation>{name} (Sie)</translation>
    </message>
    <message>
        <source>{name} at {time}, not live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be written</source>
        <translation>{name} kann nicht geschrieben werden</translation>
    </message>
    <message>
        <source>{name} failed: {trouble}. It is tried again.</source>
        <translation>Fehlgeschlagen: {name}. Grund: {trouble}. Es wird erneut versucht.</translation>
    </message>
    <message>
        <source>{name} has another role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is chosen, but not used</source>
        <translation>{name} ist ausgewählt, wird aber nicht verwendet</translation>
    </message>
    <message>
        <source>{name} is chosen.</source>
        <translation>{name} ist ausgewählt.</translation>
    </message>
    <message>
        <source>{name} is not in the folder</source>
        <translation>{name} ist nicht in diesem Ordner</translation>
    </message>
    <message>
        <source>{name} is not one of {names}</source>
        <translation>{name} ist nicht unter {names}</translation>
    </message>
    <message>
        <source>{name} is switched off, so this step tells nobody now.</source>
        <translation>{name} ist ausgeschaltet, daher benachrichtigt dieser Schritt zurzeit niemanden.</translation>
    </message>
    <message>
        <source>{name} is there twice</source>
        <translation>{name} kommt zweimal vor</translation>
    </message>
    <message>
        <source>{name} is written</source>
        <translation>{name} ist geschrieben</translation>
    </message>
    <message>
        <source>{name} may not sign in any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} may sign in again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {number}</source>
        <translation>{name} {number}</translation>
    </message>
    <message>
        <source>{name}, as long as it is held ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, enter your password.</source>
        <translation>{name}, geben Sie Ihr Passwort ein.</translation>
    </message>
    <message>
        <source>{name}, past: being read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {size}. This cannot be undone.</source>
        <translation>{name}, {size}. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>{name}: cannot be saved yet</source>
        <translation>{name}: noch nicht speicherbar</translation>
    </message>
    <message>
        <source>{name}: in and out</source>
        <translation>{name}: hinein und hinaus</translation>
    </message>
    <message>
        <source>{name}: nobody could be counted today</source>
        <translation>{name}: heute konnte niemand gezählt werden</translation>
    </message>
    <message>
        <source>{name}: people in the zone</source>
        <translation>{name}: Personen in der Zone</translation>
    </message>
    <message>
        <source>{name}: slider</source>
        <translation>{name}: Schieberegler</translation>
    </message>
    <message>
        <source>{name}: switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: switched on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: unit</source>
        <translation>{name}: Einheit</translation>
    </message>
    <message>
        <source>{not_before:%Y-%m-%d} to {not_after:%Y-%m-%d}</source>
        <translation>{not_before:%d.%m.%Y} bis {not_after:%d.%m.%Y}</translation>
    </message>
    <message>
        <source>{not_known}: it was not watched</source>
        <translation>{not_known}: Sie wurde nicht überwacht</translation>
    </message>
    <message>
        <source>{number}  no camera has this number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number}  {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} counts</source>
        <translation>{number} Zählwerte</translation>
    </message>
    <message>
        <source>{number} entries</source>
        <translation>{number} Einträge</translation>
    </message>
    <message>
        <source>{number} h</source>
        <translation>{number} h</translation>
    </message>
    <message>
        <source>{number} h {value:02d} min</source>
        <translation>{number} h {value:02d} min</translation>
    </message>
    <message>
        <source>{number} hours and days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} hours of where people were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} in the keyring now; the vault is deleted.</source>
        <translation>{number} jetzt im Schlüsselbund; der Tresor ist gelöscht.</translation>
    </message>
    <message>
        <source>{number} in, {number2} out</source>
        <translation>{number} hinein, {number2} hinaus</translation>
    </message>
    <message>
        <source>{number} made no sense</source>
        <translation>{number} ohne Sinn</translation>
    </message>
    <message>
        <source>{number} minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} of them in its memory only</source>
        <translation>davon {number} nur in seinem Arbeitsspeicher</translation>
    </message>
    <message>
        <source>{number} of {interval_s:g} s</source>
        <translation>{number} von je {interval_s:g} s</translation>
    </message>
    <message>
        <source>{number} of {number2} addresses</source>
        <translation>{number} von {number2} Adressen</translation>
    </message>
    <message>
        <source>{number} of {pictures}</source>
        <translation>{number} von {pictures}</translation>
    </message>
    <message>
        <source>{number} or more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} people</source>
        <translation>{number} Personen</translation>
    </message>
    <message>
        <source>{number} pictures</source>
        <translation>{number} Bilder</translation>
    </message>
    <message>
        <source>{number} pictures of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} places</source>
        <translation>{number} Stellen</translation>
    </message>
    <message>
        <source>{number} rows wait</source>
        <translation>{number} Datensätze warten</translation>
    </message>
    <message>
        <source>{number} rows were saved</source>
        <translation>{number} Datensätze wurden gerettet</translation>
    </message>
    <message>
        <source>{number} saved</source>
        <translation>{number} gerettet</translation>
    </message>
    <message>
        <source>{number} single measurements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} sites have</source>
        <translation>{number} Standorte haben</translation>
    </message>
    <message>
        <source>{number} things have failed or want attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} things want attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} times</source>
        <translation>{number}-mal</translation>
    </message>
    <message>
        <source>{number} {day:%B %Y}</source>
        <translation>{number}. {day:%B %Y}</translation>
    </message>
    <message>
        <source>{number} {day:%b %Y}</source>
        <translation>{number}. {day:%b %Y}</translation>
    </message>
    <message>
        <source>{number} {more} since midnight{limit}</source>
        <translation>{number} {more} seit Mitternacht{limit}</translation>
    </message>
    <message>
        <source>{number} {noun} to be asked, about {about}.</source>
        <translation>Zu fragen: {number} {noun}, Dauer etwa {about}.</translation>
    </message>
    <message>
        <source>{number}, audited {audited}{old}</source>
        <translation>{number}, geprüft am {audited}{old}</translation>
    </message>
    <message>
        <source>{one_line} takes care of</source>
        <translation>Zuständig ist jetzt {one_line}:</translation>
    </message>
    <message>
        <source>{only}{number} {way} within {time}{limit}</source>
        <translation>{only}{number} {way} in {time}{limit}</translation>
    </message>
    <message>
        <source>{owner} shares it: it goes for everybody, {owner} too. Its cameras stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parts} parts</source>
        <translation>{parts} Teile</translation>
    </message>
    <message>
        <source>{part}: {action}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{part}: {grade}. {message}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be opened; another program may use it</source>
        <translation>{path} lässt sich nicht öffnen; vielleicht verwendet es ein anderes Programm</translation>
    </message>
    <message>
        <source>{path} is not there</source>
        <translation>{path} ist nicht da</translation>
    </message>
    <message>
        <source>{path} may not be used by this user</source>
        <translation>{path} darf von diesem Benutzer nicht verwendet werden</translation>
    </message>
    <message>
        <source>{people} counted in this picture alone.</source>
        <translation>Allein in diesem Bild gezählt: {people}.</translation>
    </message>
    <message>
        <source>{people} found.</source>
        <translation>{people} gefunden.</translation>
    </message>
    <message>
        <source>{people} in it now</source>
        <translation>jetzt {people} darin</translation>
    </message>
    <message>
        <source>{people} in view now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} in view then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} in view then, not known of {cameras}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} people, from 1 on it raises an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} recipients together</source>
        <translation>{people} Empfänger zusammen</translation>
    </message>
    <message>
        <source>{people}, {than} than usual at this hour{limit}</source>
        <translation>{people}, {than} als sonst zu dieser Stunde{limit}</translation>
    </message>
    <message>
        <source>{percent} % busy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{places} has the same address.</source>
        <translation>{places} hat dieselbe Adresse.</translation>
    </message>
    <message>
        <source>{places} was changed by something other than CamWatch.</source>
        <translation>{places} wurde nicht von CamWatch, sondern von etwas anderem geändert.</translation>
    </message>
    <message>
        <source>{place} can be read ({size} MiB, {holds}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} cannot be opened: the server does not know it, or not the user ({said}).</source>
        <translation>{place} lässt sich nicht öffnen: Dem Server ist sie oder der Benutzer nicht bekannt ({said}).</translation>
    </message>
    <message>
        <source>{place} did not do what it was asked in time ({said}). Try again, or ask for a shorter time.</source>
        <translation>{place} hat den Auftrag nicht rechtzeitig ausgeführt ({said}). Versuchen Sie es erneut, oder fragen Sie nach einer kürzeren Zeit.</translation>
    </message>
    <message>
        <source>{place} ended the connection ({said}).</source>
        <translation>{place} hat die Verbindung beendet ({said}).</translation>
    </message>
    <message>
        <source>{place} has the schema {schema} and not {head}; let this CamWatch open it once, which brings it up to date</source>
        <translation>{place} hat das Schema {schema} und nicht {head}; lassen Sie dieses CamWatch den Verlauf einmal öffnen, dann wird er auf den neuesten Stand gebracht</translation>
    </message>
    <message>
        <source>{place} holds a history already; name an empty database</source>
        <translation>{place} enthält schon einen Verlauf; nennen Sie eine leere Datenbank</translation>
    </message>
    <message>
        <source>{place} holds no history</source>
        <translation>{place} enthält keinen Verlauf</translation>
    </message>
    <message>
        <source>{place} holds tables of another program. CamWatch needs a database of its own, as docs/postgresql.md says.</source>
        <translation>{place} enthält Tabellen eines anderen Programms. CamWatch braucht eine eigene Datenbank, wie docs/postgresql.md es beschreibt.</translation>
    </message>
    <message>
        <source>{place} is damaged ({said}). Ask the server&apos;s administrator to restore a copy.</source>
        <translation>{place} ist beschädigt ({said}). Bitten Sie den Verwalter des Servers, eine Kopie einzuspielen.</translation>
    </message>
    <message>
        <source>{place} is not there</source>
        <translation>{place} ist nicht da</translation>
    </message>
    <message>
        <source>{place} is sound ({size} MiB, {holds}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} keeps texts as {encoding}, which does not know all signs.</source>
        <translation>{place} speichert Texte als {encoding}, das nicht alle Zeichen kennt.</translation>
    </message>
    <message>
        <source>{place} may only be read ({said}). It may be a standby: use the address of the server that may be written, or have it promoted.</source>
        <translation>{place} darf nur gelesen werden ({said}). Vielleicht ist es ein Standby-Server: Verwenden Sie die Adresse des Servers, der beschrieben werden darf, oder lassen Sie ihn hochstufen.</translation>
    </message>
    <message>
        <source>{place} was written by a newer CamWatch: its schema is {present}, and this CamWatch {version} knows schemas up to {head}. Install the newer CamWatch on this computer, too.</source>
        <translation>{place} wurde von einem neueren CamWatch geschrieben: Das Schema ist {present}, und dieses CamWatch {version} kennt Schemas bis {head}. Installieren Sie das neuere CamWatch auch auf diesem Computer.</translation>
    </message>
    <message>
        <source>{points:+.0f} points</source>
        <translation>{points:+.0f} Punkte</translation>
    </message>
    <message>
        <source>{problem} and cannot be a camera</source>
        <translation>{problem} und kann keine Kamera sein</translation>
    </message>
    <message>
        <source>{problem}; allow local addresses for this camera if that is meant</source>
        <translation>{problem}; erlauben Sie lokale Adressen für diese Kamera, wenn es so gemeint ist</translation>
    </message>
    <message>
        <source>{rate} pictures a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rate} pictures a second, {percent} % searched for people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{recheck_s:g} is not from 1 to {longest_recheck_s:g}, or 0</source>
        <translation>muss 0 sein oder zwischen 1 und {longest_recheck_s:g} liegen, nicht bei {recheck_s:g}</translation>
    </message>
    <message>
        <source>{removeprefix} (login service)</source>
        <translation>{removeprefix} (Anmeldedienst)</translation>
    </message>
    <message>
        <source>{rows:,} rows</source>
        <translation>{rows:,} Zeilen</translation>
    </message>
    <message>
        <source>{rows} rows, of which {spooled} on the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{said} What it costs is unknown, because no cost or currency is entered.</source>
        <translation>{said} Was sie kostet, ist unbekannt, weil Kosten oder Währung nicht eingetragen sind.</translation>
    </message>
    <message>
        <source>{said} {cost} for {whom}.</source>
        <translation>{said} {cost} für {whom}.</translation>
    </message>
    <message>
        <source>{said}, coverage {percent}</source>
        <translation>{said}, Abdeckung {percent}</translation>
    </message>
    <message>
        <source>{said}, late</source>
        <translation>{said}, verspätet</translation>
    </message>
    <message>
        <source>{seconds:.0f} s</source>
        <translation>{seconds:.0f} s</translation>
    </message>
    <message>
        <source>{seconds:.1f} s</source>
        <translation>{seconds:.1f} s</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>{secret_hint} None is kept now.</source>
        <translation>{secret_hint} Zurzeit ist keines gespeichert.</translation>
    </message>
    <message>
        <source>{seed} is negative</source>
        <translation>{seed} ist negativ</translation>
    </message>
    <message>
        <source>{seen} walked here so far: too few to tell whether this line is well laid.</source>
        <translation>Bisher gingen hier: {seen}. Das sind zu wenige, um zu sagen, ob diese Linie gut liegt.</translation>
    </message>
    <message>
        <source>{sentence} In detail: {detail}.</source>
        <translation>{sentence} Im Einzelnen: {detail}.</translation>
    </message>
    <message>
        <source>{sentence} Less than half is known, so take it with care.</source>
        <translation>{sentence} Weniger als die Hälfte ist bekannt; bitte mit Vorsicht verwenden.</translation>
    </message>
    <message>
        <source>{severities}. What you do now is done to all of them.</source>
        <translation>{severities}. Was Sie jetzt tun, gilt für alle.</translation>
    </message>
    <message>
        <source>{share} against {mean:.1f} {name} {known}</source>
        <translation>{share} gegenüber {mean:.1f} {name} {known}</translation>
    </message>
    <message>
        <source>{short} · may not hold any more</source>
        <translation>{short} · gilt vielleicht nicht mehr</translation>
    </message>
    <message>
        <source>{shown} and {more} more</source>
        <translation>{shown} und {more} weitere</translation>
    </message>
    <message>
        <source>{shown} instead of {known}</source>
        <translation>{shown} statt {known}</translation>
    </message>
    <message>
        <source>{shown} was shown at that moment: the median of the last seconds. In this picture alone there were {count}.</source>
        <translation>Zu diesem Zeitpunkt wurde {shown} angezeigt: der Median der letzten Sekunden. In diesem einen Bild waren es {count}.</translation>
    </message>
    <message>
        <source>{shown}{of} messages{newest}</source>
        <translation>{shown}{of} Nachrichten{newest}</translation>
    </message>
    <message>
        <source>{size_bytes} bytes</source>
        <translation>{size_bytes} Bytes</translation>
    </message>
    <message>
        <source>{size} bytes</source>
        <translation>{size} Bytes</translation>
    </message>
    <message>
        <source>{size} bytes, at most {max_bytes}</source>
        <translation>{size} Bytes, höchstens {max_bytes}</translation>
    </message>
    <message>
        <source>{size} of counts wait beside it, and are saved at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size}x{size2} has a side outside {smallest_side} to {largest_side}</source>
        <translation>{size}x{size2} hat eine Seite außerhalb von {smallest_side} bis {largest_side}</translation>
    </message>
    <message>
        <source>{smoothing_s:g} is not from 0 to {longest_smoothing_s:g}</source>
        <translation>muss zwischen 0 und {longest_smoothing_s:g} liegen, nicht bei {smoothing_s:g}</translation>
    </message>
    <message>
        <source>{smoothing_s:g} s</source>
        <translation>{smoothing_s:g} s</translation>
    </message>
    <message>
        <source>{span} ago</source>
        <translation>{span} her</translation>
    </message>
    <message>
        <source>{speed:g} times the speed</source>
        <translation>{speed:g}-fache Geschwindigkeit</translation>
    </message>
    <message>
        <source>{speed}x</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{spot}  ·  Spot {value}</source>
        <translation>{spot}  ·  Stelle {value}</translation>
    </message>
    <message>
        <source>{spot} is no box inside the picture</source>
        <translation>enthalten mit {spot} kein Rechteck innerhalb des Bilds</translation>
    </message>
    <message>
        <source>{spreads:g} spreads {more} than usual{for_}</source>
        <translation>{spreads:g} Streuungen {more} als üblich{for_}</translation>
    </message>
    <message>
        <source>{st_size} bytes</source>
        <translation>{st_size} Bytes</translation>
    </message>
    <message>
        <source>{state_word} · {span} ago{still}</source>
        <translation>{state_word} · vor {span}{still}</translation>
    </message>
    <message>
        <source>{state} ({detail})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{status} to {where}</source>
        <translation>{status}, Ziel: {where}</translation>
    </message>
    <message>
        <source>{step}: done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{step}: shown now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stored} This cannot be undone. Alerts, numbers and the audit log stay. Copies that were exported or mailed are not touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{subject}, {when}: {what}{what2}.
{author} on {day_text} {year}, {made:%H:%M}: {reason}</source>
        <translation>{subject}, {when}: {what}{what2}.
{author} am {day_text} {year}, {made:%H:%M}: {reason}</translation>
    </message>
    <message>
        <source>{suggested:.2f} instead of {present:.2f} fits this camera better</source>
        <translation>{suggested:.2f} statt {present:.2f} passt besser zu dieser Kamera</translation>
    </message>
    <message>
        <source>{text}
Withdrawn by {withdrawn_by} on {day_text} {year}, {ended:%H:%M}: {withdrawn_why}</source>
        <translation>{text}
Zurückgenommen von {withdrawn_by} am {day_text} {year}, {ended:%H:%M}: {withdrawn_why}</translation>
    </message>
    <message>
        <source>{text} (expired)</source>
        <translation>{text} (abgelaufen)</translation>
    </message>
    <message>
        <source>{text} (until {day_text}, {last:%H:%M})</source>
        <translation>{text} (bis {day_text}, {last:%H:%M})</translation>
    </message>
    <message>
        <source>{text} It is {present:.2f} now.</source>
        <translation>{text} Zurzeit ist sie {present:.2f}.</translation>
    </message>
    <message>
        <source>{text} Of its 24 hours, {known} are known.</source>
        <translation>{text} Von 24 Stunden sind {known} bekannt.</translation>
    </message>
    <message>
        <source>{text}, Del removes it.</source>
        <translation>{text}, Entf entfernt das Gewählte.</translation>
    </message>
    <message>
        <source>{text}, a double click on an edge adds one, Del removes.</source>
        <translation>{text}, ein Doppelklick auf eine Kante fügt eine hinzu, Entf entfernt.</translation>
    </message>
    <message>
        <source>{text}, added up</source>
        <translation>{text}, zusammengezählt</translation>
    </message>
    <message>
        <source>{text}. Press to change it.</source>
        <translation>{text}. Zum Ändern drücken.</translation>
    </message>
    <message>
        <source>{text}; what came after it is missing.</source>
        <translation>{text}; was danach kam, fehlt.</translation>
    </message>
    <message>
        <source>{text}; what came after it, until {moment}, is missing.</source>
        <translation>{text}; was danach kam, bis {moment}, fehlt.</translation>
    </message>
    <message>
        <source>{threshold:g} is not from {lowest_threshold} to {highest_threshold}</source>
        <translation>muss zwischen {lowest_threshold} und {highest_threshold} liegen, nicht bei {threshold:g}</translation>
    </message>
    <message>
        <source>{threshold} or fewer are left inside</source>
        <translation>{threshold} oder weniger sind noch drinnen</translation>
    </message>
    <message>
        <source>{threshold} or more came in than went out</source>
        <translation>{threshold} oder mehr Personen mehr hinein als hinaus</translation>
    </message>
    <message>
        <source>{threshold} people or fewer</source>
        <translation>{threshold} oder weniger Personen</translation>
    </message>
    <message>
        <source>{threshold} people or more{for_}</source>
        <translation>{threshold} oder mehr Personen{for_}</translation>
    </message>
    <message>
        <source>{threshold} {more} pass {ways} within {lasting}</source>
        <translation>innerhalb von {lasting} gehen {threshold} {more} {ways}</translation>
    </message>
    <message>
        <source>{ticked} ticked</source>
        <translation>{ticked} angekreuzt</translation>
    </message>
    <message>
        <source>{times} times</source>
        <translation>{times}-mal</translation>
    </message>
    <message>
        <source>{title}, hours of the week, {when}</source>
        <translation>{title}, Stunden der Woche, {when}</translation>
    </message>
    <message>
        <source>{title}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}. {whole} (Error {error_id})</source>
        <translation>{title}. {whole} (Fehler {error_id})</translation>
    </message>
    <message>
        <source>{told} As corrected until now: {people}.</source>
        <translation>{told} Bisher korrigiert auf: {people}.</translation>
    </message>
    <message>
        <source>{told} Then: unknown for these {length}, and a gap in charts.</source>
        <translation>{told} Danach: für diese {length} unbekannt und in Diagrammen eine Lücke.</translation>
    </message>
    <message>
        <source>{tolerance_s:g} is not above 0 and up to 60</source>
        <translation>{tolerance_s:g} ist nicht größer als 0 und höchstens 60</translation>
    </message>
    <message>
        <source>{tolerance_s:g} s</source>
        <translation>{tolerance_s:g} s</translation>
    </message>
    <message>
        <source>{truth:.0f} people passed, and the program counted {counted:.0f}.</source>
        <translation>{truth:.0f} Personen gingen durch, und das Programm zählte {counted:.0f}.</translation>
    </message>
    <message>
        <source>{try_later}
Error number:
{error_id}</source>
        <translation>{try_later}
Fehler-Nummer:
{error_id}</translation>
    </message>
    <message>
        <source>{u_turn_s:g} is not from 0 to {longest_u_turn_s:g} seconds</source>
        <translation>muss zwischen 0 und {longest_u_turn_s:g} Sekunden liegen, nicht bei {u_turn_s:g}</translation>
    </message>
    <message>
        <source>{units} characters</source>
        <translation>{units} Zeichen</translation>
    </message>
    <message>
        <source>{unit} on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{unusual_text} · usual from the {weeks} before</source>
        <translation>{unusual_text} · üblich laut {weeks} davor</translation>
    </message>
    <message>
        <source>{upper}{place} may only be read. It may be a standby: use the address of the server that may be written.</source>
        <translation>{upper}{place} darf nur gelesen werden. Vielleicht ist es ein Standby-Server: Verwenden Sie die Adresse des Servers, der beschrieben werden darf.</translation>
    </message>
    <message>
        <source>{users} added</source>
        <translation>{users} hinzugefügt</translation>
    </message>
    <message>
        <source>{users} can be added</source>
        <translation>Bereit zum Hinzufügen: {users}</translation>
    </message>
    <message>
        <source>{users} have the role “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{users}, {are_open} open</source>
        <translation>{users}, {are_open} offen</translation>
    </message>
    <message>
        <source>{value:,.0f} KiB</source>
        <translation>{value:,.0f} KiB</translation>
    </message>
    <message>
        <source>{value:,.0f} MiB inside the file are free for new rows, but an older CamWatch made this file, and it cannot become smaller by itself. Writing it anew takes {about}; what is counted meanwhile waits and is saved afterwards.</source>
        <translation>In der Datei sind {value:,.0f} MiB für neue Zeilen frei, aber ein älteres CamWatch hat diese Datei angelegt, und sie kann nicht von selbst kleiner werden. Das Neuschreiben dauert {about}; was inzwischen gezählt wird, wartet und wird danach gespeichert.</translation>
    </message>
    <message>
        <source>{value:,} more</source>
        <translation>{value:,} weitere</translation>
    </message>
    <message>
        <source>{value:.0%} of {what}</source>
        <translation>{value:.0%} ({what})</translation>
    </message>
    <message>
        <source>{value:.0f} % of the people found here in the last 7 days are less than {value2:.0f} % of the picture high: {worth}. A picture takes up to {cost_times:.0f} times as long.</source>
        <translation>{value:.0f} % der Personen, die hier in den letzten 7 Tagen gefunden wurden, sind weniger als {value2:.0f} % des Bildes hoch: {worth}. Ein Bild dauert bis zu {cost_times:.0f}-mal so lange.</translation>
    </message>
    <message>
        <source>{value:.0f} % of the people here come into sight or are lost right at the line, so they may not be counted. Move it to where people are seen on both sides.</source>
        <translation>{value:.0f} % der Personen hier kommen direkt an der Linie in Sicht oder gehen dort verloren und werden deshalb vielleicht nicht gezählt. Verschieben Sie sie dorthin, wo Personen auf beiden Seiten zu sehen sind.</translation>
    </message>
    <message>
        <source>{value:.0f} % of the {number} people who walked here would pass this line.</source>
        <translation>{value:.0f} % der {number} Personen, die hier gingen, würden diese Linie überqueren.</translation>
    </message>
    <message>
        <source>{value:.0f} days</source>
        <translation>{value:.0f} d</translation>
    </message>
    <message>
        <source>{value:.0f} h</source>
        <translation>{value:.0f} h</translation>
    </message>
    <message>
        <source>{value:.0f} hours</source>
        <translation>{value:.0f} h</translation>
    </message>
    <message>
        <source>{value:.0f} kB</source>
        <translation>{value:.0f} kB</translation>
    </message>
    <message>
        <source>{value:.0f} min</source>
        <translation>{value:.0f} min</translation>
    </message>
    <message>
        <source>{value:.0f} ms</source>
        <translation>{value:.0f} ms</translation>
    </message>
    <message>
        <source>{value:.1f} GB</source>
        <translation>{value:.1f} GB</translation>
    </message>
    <message>
        <source>{value:.1f} GiB</source>
        <translation>{value:.1f} GiB</translation>
    </message>
    <message>
        <source>{value:.1f} MB</source>
        <translation>{value:.1f} MB</translation>
    </message>
    <message>
        <source>{value:.1f} MiB</source>
        <translation>{value:.1f} MiB</translation>
    </message>
    <message>
        <source>{value:.1f} days</source>
        <translation>{value:.1f} Tage</translation>
    </message>
    <message>
        <source>{value:.1f} years</source>
        <translation>{value:.1f} Jahre</translation>
    </message>
    <message>
        <source>{value:.2f} people too few are counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.2f} people too many are counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.2f} too few</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.2f} too many</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.3g} times a second</source>
        <translation>{value:.3g}-mal pro Sekunde</translation>
    </message>
    <message>
        <source>{value:.4g} % from the left, {value2:.4g} % from the top</source>
        <translation>{value:.4g} % von links, {value2:.4g} % von oben</translation>
    </message>
    <message>
        <source>{value:g} min</source>
        <translation>{value:g} min</translation>
    </message>
    <message>
        <source>{value:g} s</source>
        <translation>{value:g} s</translation>
    </message>
    <message>
        <source>{value} ({low} to {high})</source>
        <translation>{value} ({low} bis {high})</translation>
    </message>
    <message>
        <source>{value} KiB</source>
        <translation>{value} KiB</translation>
    </message>
    <message>
        <source>{value} MB</source>
        <translation>{value} MB</translation>
    </message>
    <message>
        <source>{value} MiB</source>
        <translation>{value} MiB</translation>
    </message>
    <message>
        <source>{value} months</source>
        <translation>{value} Monate</translation>
    </message>
    <message>
        <source>{value} more</source>
        <translation>{value} weitere</translation>
    </message>
    <message>
        <source>{value} of {count}: </source>
        <translation>{value} von {count}: </translation>
    </message>
    <message>
        <source>{value} to {value2} %</source>
        <translation>{value} bis {value2} %</translation>
    </message>
    <message>
        <source>{value} weeks</source>
        <translation>{value} Wochen</translation>
    </message>
    <message>
        <source>{value} {unit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{verdict}: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{video!r} is no name of a file in this folder</source>
        <translation>{video!r} ist kein Dateiname in diesem Ordner</translation>
    </message>
    <message>
        <source>{way} ({left_out} more than one message may have were left out)</source>
        <translation>{way} (ausgelassen: {left_out}, mehr fasst eine Nachricht nicht)</translation>
    </message>
    <message>
        <source>{way} to {names}</source>
        <translation>{way} an {names}</translation>
    </message>
    <message>
        <source>{weeks:.1f} weeks</source>
        <translation>{weeks:.1f} Wochen</translation>
    </message>
    <message>
        <source>{weeks} of {least_weeks} weeks of this hour</source>
        <translation>{weeks} von {least_weeks} Wochen zu dieser Stunde</translation>
    </message>
    <message>
        <source>{weeks} such hours</source>
        <translation>{weeks} solchen Stunden</translation>
    </message>
    <message>
        <source>{weeks} weeks</source>
        <translation>{weeks} Wochen</translation>
    </message>
    <message>
        <source>{weeks} weeks; usual are {median:g}, give or take {spread:.1f}</source>
        <translation>{weeks} Wochen; üblich sind {median:g}, plus/minus {spread:.1f}</translation>
    </message>
    <message>
        <source>{what}

Error id: {error_id}</source>
        <translation>{what}

Fehler-Nummer: {error_id}</translation>
    </message>
    <message>
        <source>{what} ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} no longer exists</source>
        <translation>{what} ist nicht mehr da</translation>
    </message>
    <message>
        <source>{what} within {limit_s:g} s</source>
        <translation>{what} innerhalb von {limit_s:g} s</translation>
    </message>
    <message>
        <source>{what} {span} ago</source>
        <translation>{what} {span} alt</translation>
    </message>
    <message>
        <source>{what}, {ids} instead of {hardware_id}</source>
        <translation>{what}, {ids} statt {hardware_id}</translation>
    </message>
    <message>
        <source>{what}: {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}. Paint with the mouse, or with the arrow keys, Space and Shift.</source>
        <translation>{when}. Malen Sie mit der Maus oder mit den Pfeiltasten, Leertaste und Umschalt.</translation>
    </message>
    <message>
        <source>{when}: SHA-256</source>
        <translation>{when}: SHA-256</translation>
    </message>
    <message>
        <source>{when}: the program counted {raw}</source>
        <translation>{when}: Das Programm zählte {raw}</translation>
    </message>
    <message>
        <source>{when}: there is no such hour in this time.</source>
        <translation>{when}: Eine solche Stunde gibt es in dieser Zeit nicht.</translation>
    </message>
    <message>
        <source>{when}: unknown. Nothing was measured in {of}.</source>
        <translation>{when}: unbekannt. In {of} wurde nichts gemessen.</translation>
    </message>
    <message>
        <source>{when}: {people} on average, from {of}, {percent} of the time measured.</source>
        <translation>{when}: im Mittel {people}, aus {of}, {percent} der Zeit gemessen.</translation>
    </message>
    <message>
        <source>{when}: {people} there, {people2} counted</source>
        <translation>{when}: {people} da, {people2} gezählt</translation>
    </message>
    <message>
        <source>{where} nobody has {what}</source>
        <translation>{where} hat niemand {what}</translation>
    </message>
    <message>
        <source>{where} the channel no longer exists</source>
        <translation>{where} gibt es den Kanal nicht mehr</translation>
    </message>
    <message>
        <source>{where} {count} recipients no longer exist</source>
        <translation>{where} gibt es {count} Empfänger nicht mehr</translation>
    </message>
    <message>
        <source>{where} “{name}” is a channel of another kind</source>
        <translation>{where} ist „{name}“ ein Kanal anderer Art</translation>
    </message>
    <message>
        <source>{which} does not follow the one before it: one of the two was replaced.</source>
        <translation>{which}: passt nicht zum Eintrag davor; einer der beiden wurde ersetzt.</translation>
    </message>
    <message>
        <source>{which} is not the one that was the newest once: an older copy of the history was put back{with_note} and written on, or the entry was replaced.</source>
        <translation>{which} ist nicht der, der einmal der neueste war: Entweder wurde der Eintrag ersetzt, oder es wurde weitergeschrieben, nachdem eine ältere Kopie des Verlaufs zurückgespielt worden war{with_note}.</translation>
    </message>
    <message>
        <source>{which} since {moment}</source>
        <translation>{which} seit {moment}</translation>
    </message>
    <message>
        <source>{which} stands in the wrong place: it was written as entry {number}.</source>
        <translation>{which}: an falscher Stelle, geschrieben als Eintrag {number}.</translation>
    </message>
    <message>
        <source>{which} was changed after it was written.</source>
        <translation>{which}: nach dem Schreiben geändert.</translation>
    </message>
    <message>
        <source>{which} was not written by CamWatch.</source>
        <translation>{which}: nicht von CamWatch geschrieben.</translation>
    </message>
    <message>
        <source>{which} {is_} missing.</source>
        <translation>{which} {is_} nicht mehr da.</translation>
    </message>
    <message>
        <source>{which} {is_} sealed with a key that this computer does not know: written on another computer, or replaced, or the key is gone from the keyring.</source>
        <translation>{which} {is_} mit einem Schlüssel versiegelt, den dieser Computer nicht kennt: auf einem anderen Computer geschrieben oder ersetzt, oder der Schlüssel fehlt im Schlüsselbund.</translation>
    </message>
    <message>
        <source>{whole_span} ago</source>
        <translation>vor {whole_span}</translation>
    </message>
    <message>
        <source>{whole}

Charts and exports show what was measured again. The correction stays in the list, with your name and reason.</source>
        <translation>{whole}

Diagramme und Exporte zeigen dann wieder, was gemessen wurde. Die Korrektur bleibt mit Ihrem Namen und Grund in der Liste.</translation>
    </message>
    <message>
        <source>{whole}
Error number:
{error_id}</source>
        <translation>{whole}
Fehler-Nummer:
{error_id}</translation>
    </message>
    <message>
        <source>{whole}
Error number: {error_id}</source>
        <translation>{whole}
Fehler-Nummer: {error_id}</translation>
    </message>
    <message>
        <source>{whole} crossings within {lasting}</source>
        <translation>{whole} Durchgänge innerhalb von {lasting}</translation>
    </message>
    <message>
        <source>{whole} s</source>
        <translation>{whole} s</translation>
    </message>
    <message>
        <source>{who} (this session)</source>
        <translation>{who} (diese Sitzung)</translation>
    </message>
    <message>
        <source>{wide} by {high} pixels</source>
        <translation>{wide} mal {high} Pixel</translation>
    </message>
    <message>
        <source>{width} × {height} pixels</source>
        <translation>{width} × {height} Pixel</translation>
    </message>
    <message>
        <source>{within_s:g} is not above 0 and up to 3600</source>
        <translation>muss über 0 und höchstens 3600 sein, nicht {within_s:g}</translation>
    </message>
    <message>
        <source>{words} and {left} more</source>
        <translation>{words} und {left} weitere</translation>
    </message>
    <message>
        <source>{words} another time zone now.</source>
        <translation>{words} jetzt eine andere Zeitzone.</translation>
    </message>
    <message>
        <source>{words}, from the {value}</source>
        <translation>{words}, Abstand von {value}</translation>
    </message>
    <message>
        <source>{workstation_file} cannot be written: {strerror}.</source>
        <translation>{workstation_file} lässt sich nicht schreiben: {strerror}.</translation>
    </message>
    <message>
        <source>“?” means that the number is not known now, which is not the same as nobody there. A pale picture is old, and says how old.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Alerts are posted here”</source>
        <translation>„Alarme werden hierhin gesendet“</translation>
    </message>
    <message>
        <source>“Back to live” shows how it goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Check again” proves that it is whole. Do it before you rely on an entry.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Last run…” on this page tells what is known of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Not known” is not “good”. Look here first when a number or a picture surprises you; “Diagnostics…” collects what support needs, and sends it to nobody.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Right” is 100 % minus the sizes of all errors, divided by the number of people. What stands in brackets is the range in which the real value lies with a certainty of 95 %, if this audit stands for other times. The range widens where errors come in heaps or last for several intervals, and it never claims that there are no errors where none was found.</source>
        <translation>„Richtig“ ist 100 % minus die Größe aller Fehler, geteilt durch die Zahl der Personen. In Klammern steht der Bereich, in dem der wirkliche Wert mit einer Sicherheit von 95 % liegt, wenn diese Prüfung auch für andere Zeiten gilt. Der Bereich wird breiter, wenn Fehler gehäuft auftreten oder über mehrere Abschnitte anhalten, und er behauptet nie, es gebe keine Fehler, wenn keiner gefunden wurde.</translation>
    </message>
    <message>
        <source>“{camera}” is added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{camera}” is simulated: nobody in it is real.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” cannot be changed like this, so none was</source>
        <translation>„{name}“ kann so nicht geändert werden, deshalb wurde keine geändert</translation>
    </message>
    <message>
        <source>“{name}” is at {host} now.</source>
        <translation>„{name}“ ist jetzt unter {host} zu finden.</translation>
    </message>
    <message>
        <source>“{name}” is here now. These of its cameras are not, so their places are empty: {cameras}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was drawn</source>
        <translation>„{name}“ wurde gezeichnet</translation>
    </message>
    <message>
        <source>“{name}” was found at several addresses: {names}.</source>
        <translation>„{name}“ wurde unter mehreren Adressen gefunden: {names}.</translation>
    </message>
    <message>
        <source>“{name}” was removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was switched on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” would come in with the role “{name2}”.</source>
        <translation>„{name}“ käme mit der Rolle „{name2}“ herein.</translation>
    </message>
    <message>
        <source>“{name}” would not be let in: none of the names in the claim “{claim}” is in the list of roles.</source>
        <translation>„{name}“ würde nicht eingelassen: Keiner der Namen im Claim „{claim}“ steht in der Liste der Rollen.</translation>
    </message>
    <message>
        <source>“{name}” {trouble}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>↑ ↓ choose · Enter go there · Esc close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
