<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>
and {value} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>
name,location,site,address,username,password
Gate,North yard,Store North,http://10.0.0.7/snapshot.jpg,viewer,its password
Hall,Ground floor,Store North,rtsp://10.0.0.8/stream2,viewer,its password
Ramp,Car park,Store South,https://ramp.store.example/image.jpg,,</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>
name,role
maria.meyer,Supervisor
jo,Viewer
night-shift-2,Viewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>
the other time: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>
the other time: {of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>
usually {low:.1f} to {high:.1f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>  (and {value} more)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (letters outside the usual alphabet, so less goes into a part)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (limit {number})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (the preview shows the first {shown})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (this computer)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> (until {day_text}, {last:%H:%M})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> All cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Ask somebody who may make rules.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> It is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> It is cut to {sent} {word}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> It is tried again at {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> It is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> It raised {number} in the last seven days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Needs a second factor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Not to {address}: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Sent up to {astimezone:%Y-%m-%d %H:%M}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Start CamWatch again, so that it is used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> The chart marks the newest {number}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> Your role needs it, so it cannot be switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and are not found in {hidden:.0%} of the pictures, for they hide each other,</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and not </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and {more} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and {value:,} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> and {value} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> at “{escape}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> by then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> by {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> crossings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> for {lasting}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> in all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> in {source}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> of {known}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> or </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> parts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> since {clock_time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> since {since:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> spreads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> style=&quot;page-break-before: always&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> to </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> to {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> to {step}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> to {to}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> weeks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {closed} of them {closes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {counts} found no room and {verb} lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {ends} that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {messages} that wait for it are never sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> {value:.0f} % of them are first or last seen right there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> · still view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>$to is the number, $from the sender, $text the message, $key the user name and $secret the password or token from above. All else stands for itself; $$ is a dollar.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add a model file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add recipient…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add the numbers of all of them up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add user…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add {users}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;All cameras, removed ones too</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;All sites, and those that are added later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Also this computer and link-local addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Apply…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;At</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back to the counting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Begin a new history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Begin the drill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Begin to count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Certainty from which a person counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Change it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Change password…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Change several…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Change {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Change {count} cameras…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Check again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Choose a file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copies</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy the code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Correct numbers…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Count the recording…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Critical from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Critical {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Date and time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Day in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Delete the kept pictures…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Disable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Domain of the gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;E-mail channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Enable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;End session…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Find cameras…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Gather mails for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Give them instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Give this role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;History of states…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Hours and days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Import</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Import a list…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Import {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;In: more or fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Issuer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep the recorded pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keep the stored password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Kind of correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Kind of gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Length of the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Lines and zones…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Location</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Lock after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Make</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Make a copy now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Make it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Make one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Make the role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Members</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Models…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Most seconds between both lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Move all into the keyring…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Names in the claim, divided by commas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New plan…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New recovery codes…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New role…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;New rule…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Number of pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Numbers of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Only these</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Only these sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Other networks or addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Out: more or fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Owner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Passphrase of the vault</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Phone number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pictures of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pictures per second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Ports that are tried</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Present password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Print…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Prove all channels now…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Recovery code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Refresh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove the service…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Repeat it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Repeat the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Role…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save the rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save what can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Search still pictures again every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Send now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Set up a device…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Set up another device…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Sign out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Single measurements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Single pictures at random moments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop now and count what there is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop the drill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Store the audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Take away second factor…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Taken over by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Test connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Threshold…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Time between two pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Time zones of sites…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;To</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Transport of RTSP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Trust this certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try it on {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Unlock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Unlock the vault…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Unlock…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Until</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;User</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;User name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;User name and password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;User name or e-mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Watch for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Watch this camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Watched or not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Where people are…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Where people were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Withdraw…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Write the file anew…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(New-Object Media.SoundPlayer $args[0]).PlaySync()</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>({left_out} older entries are in the inbox)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>({percent} known)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>({percent} of the time measured)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>({point:g}, {point2:g}) lies outside the picture: coordinates are parts of its width and height, from 0 to 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, and {false} where nobody is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, and {rest} more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, and {value} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, at that moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, by now old</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, corrected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, counted {percent} of the time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, coverage {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, critical {word} {critical_at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, doubtful</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, if it is a warning or worse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, if it is critical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, late</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, more as you scroll</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, mostly {hours}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, next try {when_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, out of encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, the newest {most}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, the part this computer is in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, threshold {limit:.3g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, together with its note in the profile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, tried again now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {number} at night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {number} wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {percent} of it still</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {value:.0f} % still</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {whole_span} {side} the alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>- and {left:,} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>- and {value:,} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>- {name}, since {clock_time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>- {title} ({times} times)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 or /dev/video0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1  What to check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1  Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 alert that nobody has seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 character</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 or 2 people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 other place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 password is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 row waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 site has</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 unusual {one}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1. Scan this with an app for codes, such as the one on your phone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>15 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>192.168.1.20 or the whole address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2  Record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2  What was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>2. Type the code that it shows now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3  Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3  Names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3 to 5 people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>31 people in the hall; the limit is 30.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>4  Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>4  Result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5 seconds back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5 seconds back (B)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>6 people or more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>8 hours ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>90 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>: {word} than usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; export it to ONNX</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; most often: {short}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; not over yet, so these are the numbers until {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; or allow to send without encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; the last was at {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; the next one comes at once instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; to do without the service, remove it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; with the cool-down of {lasting}: {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>?  or  F1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A &amp;file of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A CSV file with one camera in each line. The first line names the columns: name, location and address are needed; site, username, password and all other settings may follow. Passwords go into this computer&apos;s keyring and nowhere else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A CSV file with one user in each line. The first line names the columns: name and role. There are no passwords in it: each user gets a one-time code, which you see once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A PEM file. Empty: those of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A Postgre&amp;SQL server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera gets a new certificate when it is reset, updated or replaced. If nobody did that, somebody else may be answering for it: find out before you trust it. Nothing was sent to it, neither the password nor a request.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera sends no current picture, for whatever reason but being switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A camera sends the same picture again and again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A channel that is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A closed alert tells nobody, so it need not be shelved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A comment belongs to one alert. Select only one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A comment for the report, such as the weather or an event</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A copy is being made and checked …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A correction lies over what was measured; nothing that was measured is changed. Charts, reports and exports show the corrected numbers and say so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder of pictures…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A history is being moved to {place}, and is not complete yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A mail to number@gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A measurement of the minutes before stands for this moment; it is not kept any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A message, for example. Try your own words:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name can also be changed by itself: double-click it, or press F2. Emptied, it follows the pattern again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A new one goes out when the day, week or month that runs now is over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A newer message about the same took its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A newer version of CamWatch wrote it, and this one would spoil it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of CamWatch ({worker}) stopped and was started again. You need not do anything. (Error {error_id})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of CamWatch ({worker}) stopped several times and is off now. Close CamWatch and start it again. (Error {error_id})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A person found at {position}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A picture is black, overexposed, covered or out of focus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A picture over HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A plan says who is told next while nobody acknowledges an alert. Rules that name no plan follow the usual one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A plan says who is told of an alert, by which way and when, while nobody acknowledges it. Rules say which plan they follow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A plan that is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A recording needs 500 MB of free room, so that the history never runs out of it. Make room on the disk and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A role says what its users may do and whose cameras they see. Viewer, Supervisor and Administrator are always there; copy one to make a role of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rule watches for something, and raises an alert when it happens. While it is off, or its hours are over, it raises nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A rule watches, and raises an alert. At the right you see how often it would have fired with what is stored; that follows while you change it. Nothing counts before you save.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A sheet for the next shift: what is open, what happened, who did what, and two lines to sign.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A simulated camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A small stream is enough for counting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A test looks for the four people of a built-in picture, ten times, and shows whom the model finds and how long it takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A value cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A video or picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A video, picture or folder, to try things out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A visit counts once it has ended, for the hour in which it began.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A watcher there notices when these stop, even if this computer is dead. 0 for never.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;dd a line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;dd a step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;lways on call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A&amp;udience</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {number} pictures, roughly {size} on the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About {rows}, {megabytes}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acco&amp;unt (SID)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accuracy: {short}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acknowledge alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acknowledge with a comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acknowledged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acknowledged {these}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Active</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add &amp;e-mail…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add &amp;group…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add &amp;webhook…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a &amp;date that differs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a &amp;field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a &amp;header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a camera, and its picture and the number of people in it appear here. You need its address and, if it asks for one, its user name and password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a comment to the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a group of recipients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a report that is sent by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a user ({sequence_of})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add an escalation plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add e-mail…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add recipient…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add text &amp;messages…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the first camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the first one: all you need is its address, and its user name and password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add the users of a list, a CSV file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Addresses asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Administer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After closing nobody can see them again. “Reset password” makes a new code for a user.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After so long a user is signed out, however busy. 1 to 12 hours. Sessions that are open now keep the end they have.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After so long without keys or mouse CamWatch locks itself. The user&apos;s password unlocks it; nothing that was being entered is lost. 1 to 720 minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After your password you have five minutes. Please begin anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>After {tries} no try is accepted for a while. “Reset password” ends the rest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alarm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alert before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alert {alert_number} was open.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alert, next step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts are heard here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts are muted here until {clock_time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts are posted here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts do not get out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts do not get through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts do not leave this screen yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts of severity {less} are told to nobody; they are only in the inbox.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts of this rule in the last seven days: {fired}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts that are less than critical go out together after this time. 0 sends each at once; critical ones never wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts that follow it now go on by the usual plan.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alerts that were raised in this time, newest first; drills are left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All cameras together, on average over each step. Hatched: nothing was measured. Strip below: coverage.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All cameras, also later ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All channels in use work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All is as it was then. The last measurement in it is of {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All is counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All is well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All lines and gates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All lines and gates added up. Hatched: nobody could be counted. Strip below: time in which they could.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All lines and gates of some sites or cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All lines and gates, also later ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All numbers of this time are as they were measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of the picture (0)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All open sessions end. From then on the password alone lets the user in, until a new device is set up; where the role needs a second factor, the next sign-in asks for that. Make sure that it is really this user who asks you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All passwords go into this computer&apos;s keyring, and the vault is deleted. Copies of its file still open with its passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All quiet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All that the vault holds is encrypted anew. Older copies of its file still open with the present passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All the time that people spent there, added up: 3 people for 2 hours are 6 people-hours. Only measured time counts, so gaps make it smaller.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {cameras_words} can be added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {count} steps went as they should.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All {known} people found, and nobody else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow &amp;Basic sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow &amp;Basic sign-in without encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow a gateway in the local network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow an address in the local network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow http:// without encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow or stop a user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allow this computer and &amp;link-local addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also tell &amp;when it is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Always</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An administrator can add them here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An administrator can allow local addresses in the camera&apos;s settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An administrator can compare its fingerprint and trust it in the camera&apos;s settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An administrator can switch it on under Cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An alert has come in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An alert will look like this:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An audit tells how right the numbers of a camera are. You record it for some minutes and count the people yourself, without seeing what the program counted. CamWatch compares the two and puts the result as a badge beside the camera&apos;s numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An end before the start means over night.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>And {number} more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>And {value} more kinds of rows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>And {value} more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another CamWatch, with another profile, uses the history that belongs to {file}. Two of them would damage it: close that one first. Several computers can share a history on a PostgreSQL server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another audit would tell how right the numbers are now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another place for the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program holds {place} ({said}). Wait until it is done, or end its transaction.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program is moving a history to {place}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program is using the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program is using {file} ({detail}). Close that program, or wait until it is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any gateway, asked with GET</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any gateway, asked with POST</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any severity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anybody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anybody on the way can read the history, and the password with some servers. Only for a server on this same computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apr</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>April</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apr|April</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As corrected until now: {in_out}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As of {local:%Y-%m-%d %H:%M:%S} ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As soon as somebody acknowledges the alert, no further step is taken.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As users like</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask ONVIF cameras to answer (&amp;multicast)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask an administrator to compare the new keys with what the service&apos;s operators say, and to trust them in the settings of the login service.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask an administrator to do it, or to give you another role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask first in a network that is not yours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for pictures less often, or use fewer cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the keyring again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the server&apos;s administrator for a line in pg_hba.conf that allows it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask which threshold fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask who runs it for the address that holds now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your administrator for one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your administrator for the right to write it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask your administrator to enter the address at which the service answers itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking the service …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least {shortest} characters, and not your user name. A few words that only you put together are best.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least {shortest} characters. Five or six words that only you put together are best.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At next sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At this spot: {people} {word} appeared or vanished</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At this spot: {stay}, everybody added up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Attach the picture of the moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit of {camera_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit of {name}: {about}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit people in view or random pictures of this camera, as it is set up now. Then this page can say which threshold fits it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audit {uid} of {camera_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audited on {audited} ({about}), but nobody was there to be counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audited on {audited} ({about}), but with too little to say how right it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audits of this camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audits so far</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aug</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>August</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Aug|August</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back from one camera to all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to all cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the &amp;live view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Base path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Basic sign-in sends the password readable for everybody on this network. Use it only where the camera offers neither https nor Digest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Basic sign-in without encryption is {allowed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begin a drill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begin a new history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begin a new history?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beginning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins with https, such as https://login.example.com</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Being repaired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Being sent since {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Being undone …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Block where a camera led to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both entries must be the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Boxes (B)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Boxes around people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Boxes around people, on and off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Boxes in the picture, on and off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Break off a drill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brightest spot: {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By asking all at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By the clocks of the site.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By the site&apos;s clocks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;laim with the roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch &lt;alerts@example.org&gt;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch cannot start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch did not run, or nothing was stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch does not follow, because the alert would go to somebody else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch does not follow, because your password would go along.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch ends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch goes on recording meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch is already running with this profile. Look for its window, or start this one with --profile and another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch keeps the camera&apos;s pictures and, hidden from you, its own counts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch makes a checked copy once a day and before each change of its tables. A copy holds everything but the passwords, which are in the keyring, and pictures. Copy the newest one to another disk from time to time: a copy on the same disk is lost with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch needs version {oldest_server} or newer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch posts each alert as JSON to an address of another program, such as a chat, a ticket system or a watcher.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch searches only when you press the button, and only where you say.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch sends mails through a mail server that you have an account at. It is always talked to with encryption.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch sends text messages through a gateway, a paid service in the internet, that you have an account at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch then asks devices inside your network, this computer included. Tick this only for a gateway of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch then posts to devices inside your network, this computer included. Tick this only if the address is yours.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch tries again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch was not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch {version} counts the people that cameras see.

It works on this computer alone: no picture leaves it.
Licensed under the Apache License 2.0. Icons by Lucide (ISC licence).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch {version} · {footer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch {version} · {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch {version}, seen {moment_of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch, plan “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch, warning: Hall: 31 people (limit 30). Alert 214, 12:04.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: a test of this channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: demonstration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: first start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: history and storage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: my account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: sounds of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: the daily proof of this channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: the database server is away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: the history is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: vault for passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: your password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CamWatch: {title}{title2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Came too fast to be recorded, so missing: {pictures}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera blind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera states</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera {camera_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Camera {gone_camera} {gone}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras and their accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras are shown, but nobody is counted. Look at Health for what is wrong with the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras of the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras that are to be added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras that fail together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras that were found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras, by number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cameras, users and rules have to be set up once more, and the charts begin today. A copy can be put back later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Can sign in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be checked now: {entries}, {at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot sign in. What this user did stays in the audit log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot tell: pass over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cause in common: {common}. Look there first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certi&amp;ficate…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificate of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates to trus&amp;t</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates to trust</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates to trust for it (PEM). Empty: those of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ch&amp;oose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a group of recipients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a report that is sent by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change a rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change addresses and hours (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change an escalation plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change how long the history is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change lines and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the &amp;passphrase…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the own password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the security settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the settings, and send a test with them (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the vault&apos;s passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change what is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change who belongs to the group (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change who is told, and when (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change your password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Charts, totals with their coverage, cameras, lines, corrections and alerts, on paper.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check address, port and encryption: something else may be listening there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check all that are shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check both, and whether Caps Lock is on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check date and time of this computer; if they are right, tell your administrator.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check its name, and that your account may read it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the camera is running and that its port is right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that the disk of the profile is there, is not full, and may be written. Counts are kept aside until it works again, for a while.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the address and the port, and whether this computer&apos;s network and its firewall let CamWatch out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the address and this computer&apos;s network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the address. If it is meant to be in your own network, allow that in the settings of the channel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the c&amp;ode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the camera&apos;s certificate and clock, and whether it needs http or https.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the camera&apos;s network cable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the camera&apos;s power and network cable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the disk and its cable, and make a copy of the history on another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the exposure in the camera&apos;s settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the host name, or enter the camera&apos;s IP address instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the light and the lens cap.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name and the password, and try again in a minute. {local}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name, and this computer&apos;s network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name, the password and the network, and try again. {local}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the names, or have database and user made as docs/postgresql.md says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the path of the snapshot in the camera&apos;s settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the port, and whether it needs http or https.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check these addresses with the people they belong to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check this computer&apos;s network cable or Wi-Fi.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking that nobody has changed the log …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a new password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a reason, or write your own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an entry to see all of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one camera above to see the single measurement with its proof.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one camera to see its lines, gates and zones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the model that counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the name and password of the first administrator.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the other kind of encryption with its port, or ask who runs the server to switch encryption on. CamWatch sends nothing in the clear.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose where the history is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose who is told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose whose numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose who…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose your password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chooses and moves what is drawn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clean the lens and set its focus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cleaning or building work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click a line, a zone or a person to choose it, or take a tool to draw. Tab goes from one to the next.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click or press Enter to take the second line as it is offered, or draw another one. Esc gives up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click the corners of {what}, one after the other, going round it. {middle}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click the next corner. Backspace removes the last one, Esc gives up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clock was set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clocks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clocks of {key}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close &amp;all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close CamWatch and start it again: it then offers what can be done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close and go on &amp;later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs that use it, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs, or ask the administrator to raise the limit of open files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the details (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the other program that shows its picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this message; the alert stays in the inbox</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Co&amp;mpared with {count}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Co&amp;mpare…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Co&amp;unting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code has run out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code holds until {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours from dark for 0 to light for {top:g} people on average. Hatched: {low}. A stroke: {unknown}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours from little to much: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours: how long people stood at a spot, everybody added up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours: how many people appeared or vanished in the middle of the view, where nobody can come in or go out. Keep lines away from bright spots, unless there is a door.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Come back when people have walked by for an hour or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Come nearer (+)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Come nearer, go farther</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comment on an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comment…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Common sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare from this day on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with another time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare with {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compared with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confirm an offline sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Consolas</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cool-down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied. Paste them where only you can read them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies of the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy all of this as text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as a picture (Ctrl+Shift+C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as picture (Ctrl+C in the map)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy it to the other side before you save: it is not shown again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the chart as a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the secret</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corner {removeprefix} {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corner {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corners, in % of the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct numbers…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the list and choose it again, or add only the good ones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the list and choose it again: all are added, or nobody.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the settings first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Corrections…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cost of one part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Costs least; right for most counting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count a recording by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count each person &amp;once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count everybody of whom you see at least half, then press Enter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count people here again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count “{name}” with a threshold of {suggested:.2f}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Count&amp;ry of numbers without +</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counted by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counted elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counted {span} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts from a certainty of: {certainty}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts from when somebody was told. Anything more serious breaks through.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts there are doubtful. Look whether the lens is covered, dirty or out of focus, or the light has failed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts who passes both its lines, one after the other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts who passes it, in and out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counts who stands in it now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coverage is measured time divided by the time the camera was there; mean and peak are those of the measured part.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Coverage is the time in which passing could be counted. A line that was moved begins anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create and sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Currency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Custom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DRILL, not real</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DRILL, not real. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Daily proof</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Daily {day_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Day mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Day, week or month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Days of lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Days of zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dec</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>December</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dec|December</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>DejaVu Sans Mono</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Del</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete a copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete a copy of the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete a recording for an audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the copy of {moment_of}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the kept pictures of “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete what is older?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deletes {parts_of}, and frees about {size}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delivered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delivery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Demonstration: simulated cameras, nothing is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details of a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details of the alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disabled</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard this recording?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard what you changed for “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Discard what you have entered?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do it again whenever you like; you are asked for your password then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not try from another place in this network. {tell}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do without the login service?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click or press Enter to close it. Backspace removes the last corner, Esc gives up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down to how &amp;many</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Down {times} {span}, {lasted}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dr&amp;ill…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag it or its corners, or use the arrow keys. Space goes to the next corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a line across the way that people take: press, drag, let go. Enter puts one in the middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw its lines and zones again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw other cameras, sites or places into the same chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw the first line of the gate. Enter puts a whole gate in the middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draws a line where most people would pass it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drill · {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drill: {subject}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Due</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Duration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;dit and test…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;dit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E&amp;xport the list…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E-ma&amp;il address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E-mail &amp;channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E-mail addresses, one in each line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E-mail of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>E-mail that the variables SMTP_* set up is not used, since something is wrong with them: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each change of a camera&apos;s state, with why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each channel sends one message that says that it is a proof. Mails and text messages go to the people whom your plans name; a text message costs what it always costs. The same happens once a day by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each count of each picture that is still kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each count of each picture, and each person who passed a line. Older than this, charts still show every minute; the proof of a single number, the live chart of that day and rehearsing rules on it are gone. They take by far the most room.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each hour from {weeks} week{word} · {percent} measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each hour is compared with the same hour of the other stored weeks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each message has a key of its own: one that comes twice has the same key, and need be taken only once. How to check the signature is in the documentation of webhooks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each message is a mail to the number at the gateway&apos;s domain, sent by one of the e-mail channels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each message is kept here before it is sent, and says afterwards what came of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each note of the newest entry, in the profile and in the keyring,</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each port of each address is tried, and what answers is asked whether it is a camera. No password is sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each row that can be read goes into a new file; what could not be read is told afterwards. This may take minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each signs in once with the code, and then chooses a password. The codes are shown only now and kept nowhere. They are valid until {until}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each site is counted by one workstation, which also raises its alerts and sends their messages. All workstations see all numbers. Give a site to another workstation when its cameras are to be watched from there, or when its own one is gone for good.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each that is checked gets a line of its own in the chart, {most} at most beside {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earlier: take the time of the step above</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edi&amp;t…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empty if it has none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empty if there is none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empty: the one that is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encrypted; the server must prove who it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Encrypted; whoever answers is believed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End a session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End a user&apos;s sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End all sessions, and ask for another password at the next sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End of shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End other programs that use it, or allow more connections with max_connections.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the password and all sessions, and make a one-time code instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End the session of “{who}” on {computer}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enough history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter a user name and password as well to see what the service says of a user. Nobody is signed in by that, and nothing is stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter both again. Many providers want a password of its own for programs instead of the one that people sign in with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter or a double click shows one. What is checked is added up to one line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter puts one in the middle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the address at which it takes messages itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the address that gives the picture itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the camera&apos;s password again in its settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the name that stands in its certificate as the address. If it has a certificate of your own organisation, choose the file of that authority.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the password once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the password that is right now: in the settings, or in CAMWATCH_DATABASE_URL.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the user name and password again in the camera&apos;s settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter your password once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter your password to unlock it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entries {number} to {number2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entry {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Entry {number} tells that CamWatch found it out by itself: {told}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error number:
{error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Errors in people, compared {compared}. In brackets: where the real value is, with a certainty of 95 %.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Esc</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Escalation plans are set up on the tab Delivery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everybody who is signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everybody who signs in comes through the login service. Add a user here who can sign in while it is away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything stays as you left it, also what you have not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Example of a message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Example of what is posted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Excel workbook</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Excel workbooks (*.xlsx)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Expected: an event at the site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the list of cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the list of cameras, without passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the numbers…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failing since {since}{why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>False alarm: the rule is being corrected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Far fewer people than usual at this hour of the week, in the stored weeks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Far more people than usual at this hour of the week, in the stored weeks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Far people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Feb</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>February</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Feb|February</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Few are left inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fewer crossings than</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fields</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File of &amp;certificates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File of certificates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File or folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File: {file}
Finding: {detail}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the cameras that were found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a camera, site or place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a recording for an audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find a user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find or clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finished boxes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>First type how many people are in view now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fitting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fitting ({names})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow a camera to its new address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow what the window for signing in asks for.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Following them keeps their history and settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For &amp;ever</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For a user who lost the device that makes the codes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For each step of talking to it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For how long people were counted in this time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For other programs. What is not known is an empty cell, never 0, and each row says how much of its time was measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For several workstations that share one history. Somebody has to run the server, and to copy it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For the whole question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For {lasted} it was switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For {lasted} nobody looked: {unwatched}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For {lasted}, {said}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For {who}: {names}. All else stays as it is with each of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Force new pass&amp;word</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forget the trusted certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Found now: {found}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Found now: {found}, of which {value} left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Four tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free on its disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fri</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Friday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fri|Friday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From	To	Duration	State	Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From Monday on, in steps of an hour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From corner to corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From how &amp;many on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From its first day on, in steps of an hour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From midnight to midnight, in steps of a quarter of an hour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From number to number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From shape to shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the next start on the history is kept in {where}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From this hour of the day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From when a picture is due until it is here: the median</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From which severity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From {started:%H:%M} until {ends:%H:%M} at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frozen pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen, and back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a site a time zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a site to a workstation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give a user another role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the camera&apos;s user the right to see pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the user another role (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Given up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back to change something, or try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go farther (-)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go from tile to tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on &amp;without the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on without the log of the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to a day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to a day (Ctrl+G)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to a place…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to another time with the arrows above, or see under Live how the cameras are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the home position</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the newest popup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good enough</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good pictures a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Groups</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HTTP {http_status}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>HTTP {status}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Half of the visits were shorter, half longer; about.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hall full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hall: 31 people (limit 30)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand over the shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand over…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand-over {made}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Handed over by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Has a stream, not looked at yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have a report sent at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have encryption switched on there (ssl = on). Only in a network of your own may it be switched off here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Have it made anew with ENCODING &apos;UTF8&apos;, as docs/postgresql.md says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Headers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Held back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hide the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History and storage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History and storage…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History of states</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History of states – {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History, newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Home</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours &amp;from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours and days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours and days are added up anew within the next minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours and days of a site are those of its own clocks. After a change, what is stored of its hours and days is added up anew; no count is changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours of lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours of the week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hours of zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How &amp;long it is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How an audit goes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How cameras were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far from &amp;usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How it is doin&amp;g</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How it is doing, and why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How it went</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How its pictures come</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long a session may be left alone, and how long it lasts, for all users of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long people stay in each zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long people stayed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long people stayed in each zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long sessions stay open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How long?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many passed inwards, in the time in which passing could be counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many passed outwards, in the time in which passing could be counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many people were there on average. Each count weighs as much as the time it stands for, and only measured time counts: a gap is not nought.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many pictures are counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many there are at each hour of the week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much is recorded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often somebody came in. Who comes back is counted again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How often somebody was followed on their way.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How plans and lists call this channel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How right the camera&apos;s numbers were when somebody checked them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How se&amp;rious</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>I have &amp;kept them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Identity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If it happens again, tell your administrator the error&apos;s number; it stands in the log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If nobody acknowledges the alert meanwhile:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If that cannot be put right, move the file away, make a new vault, and enter the passwords again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If this goes on, ask for its picture less often.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If this goes on, restart the camera and check its network cable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If this goes on, restart the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If this is no person at all, press Enter: nobody is counted at this spot again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If you stop here, {rest} left out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import a list of cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import a list of users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import only the {good} &amp;good ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Import users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In a network with a start page of its own, open that page in a browser first. Else ask your administrator whether the address is right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In and out counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In and out need 2 or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In and out of each line and gate, step by step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In common</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In each direction, however often somebody passes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In names and locations {number}, {name}, {make}, {model} and {address} are filled in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the inbox of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the smallest unit of the currency, such as cents. 0 if unknown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In this time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In view: {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In {parent}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In: {ins}, counted {ins2}. Out: {outs}, counted {outs2}. {count} missed, {count2} counted without anybody.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inbox</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Information</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inner, end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inner, start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Insert {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install CamWatch again. Until then pictures are shown, but nobody is counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the newer version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is there already: {known_as}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is told of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Issued by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Issued to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answers with an error of its own. While it is away, only those can sign in whom it let in on this computer shortly before, with the same name and password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It answers with something else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be read or written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be used, or it lies in the local network, so nobody was asked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be delivered within a day.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be found out what is left of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It counts from a certainty of {certainty}, as suits it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It counts too {word} people on the whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It did not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It did not do what it was asked within five seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It did not find exactly the people of the test picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It did not work.{again}{answer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not agree with the login service&apos;s, or was set back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not answer now. Try again in a moment, or sign out and sign in as a user of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not hold yet, and would be lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It found {found} of {known} people in the test picture, and {false_alarms} where nobody is. Its counts may be wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes out by e-mail with a PDF file. The first one is that of the time that runs now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It got through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It got through, but not to everybody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It has an ON&amp;VIF service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds from the next picture on; numbers that are stored already stay as they are. Until the next audit, the badge says that the threshold has changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds, and nobody has said that they know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is about no camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is acknowledged already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is in the clipboard now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is kept in this computer&apos;s keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is no longer watched, and its password is forgotten. Its history is kept: what was counted so far can still be looked at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not in UTF-8, so it was read as Windows text (cp1252). Look at letters with accents.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not on the shelf.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is o&amp;ver</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is over, and somebody has seen it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is over, but nobody has seen it yet. Acknowledging closes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is shown only now and kept nowhere. If it is lost, “Reset password” makes a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is so near to the edge of the picture that people are cut off before they are across. Move it inwards.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is still in this window, and is saved with the next key you press once the disk works.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is still trusted here; renew it in the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is tried again by itself. Check the camera&apos;s power and network cable.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is tried again by itself. If this goes on, set the camera to H.264.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is tried once on each ticked camera that needs one. Cameras lock an account after several wrong passwords, so try it on one first if you are not sure.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It last worked {when_words}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It lasted {duration} before this alert.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It lets you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It must exist; its tables are made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It must hold &amp;for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It must hold for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It points to another address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It reported an error while the history was read or written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It rests on fewer than {fewest_intervals} comparisons.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It says that it is gone for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It serves only one viewer at a time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It still holds, and somebody knows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It wants to be asked later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was asked too often, by you or by others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was changed meanwhile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was deleted, moved or replaced while CamWatch was running.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was ended because it became too large.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was ended because people are counted otherwise now: the model, the threshold, a line or the size of the pictures was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was ended because the disk is nearly full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was interrupted because CamWatch was closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not down in this time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not entered, so nothing was done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not looked through for faults yet since CamWatch was started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was not saved, and would be lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was put into the models folder. Test it: only then can it be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was reached, and answers with an error of its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was removed, so nobody can tell any more how it stood. Choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was stopped early.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was watched for {stay}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It works.{answer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It {trouble}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its certificate is not trusted here, so nothing was sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its certificate is not trusted here, so your password was not sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its file is gone. Put it back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its file is not the one that was tested. If you changed it, test it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its file is not where it was. If it was moved, choose Quit and put it back: nothing of it is missing then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its file or its folder may not be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its members stay; plans no longer tell the group.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its numbers are in the charts. Which workstation counts a site is set under “History and storage”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its own words below say why. Check the sender and the addresses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its passphrase opens it until CamWatch closes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its password is deleted, too.{lost} What was sent by it stays in the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pictures and what you counted are deleted. Audits that were stored stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its pictures come too seldom to tell who passes its lines, so passages are not counted. Ask it more often, or lighten the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its plan is removed. What was sent stays where it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its users may</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its users need a second &amp;factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its whole path. Pictures of a folder are shown in the order of their names.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>J  or  ↓</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JPEG pictures (*.jpg)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>January</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jan|January</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jul</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>July</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jul|July</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>June</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Jun|June</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>K  or  ↑</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep a recording for an audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep editing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it and go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it onl&amp;y until CamWatch closes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep passwords onl&amp;y until CamWatch closes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the &amp;picture of the moment as evidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the history for a shorter time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the history {where} from the next start on?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the user out and end all sessions, or let the user in again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep these codes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeping pictures is switched off in the settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeps out who only listens, but not who pretends to be the server. Better give the certificate that it is signed with below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept until {astimezone:%Y-%m-%d %H:%M}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key to type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind of camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind of file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind: {family_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Known, and can wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>L&amp;ocation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>L&amp;ook again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 365 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last 7 days: the lighter, the longer people were there. Crosses: many are first or last seen there. Lay lines across bright ways, away from crosses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last active</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last answer: {answer_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last delivered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last hand-over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Later: take the time of the step below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leads to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave out who stands in a hatched area, as the program does.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave this time out: what was counted is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left empty, alerts say it in the usual words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left empty, it is nobody.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length and cost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less than a day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less than half of one of the times was measured, so that no difference is told in percent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let a login service vouch for operators</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let a user sign in again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let a user try again at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let it repeat in its settings to see it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Let “camwatch db move” go on with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Letters, digits and . _ - @, without blanks, such as maria.meyer. Capitals make no difference.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line or gate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Line {line}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines and &amp;zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines and gates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines and zones of a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines and zones of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines, gates or masks of this camera were changed since it was recorded, so they cannot be shown where they were. Count as they were then, or discard the recording and begin anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lines, zones and masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen: {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists of cameras (*.csv *.txt *.tsv);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists of users (*.csv *.txt *.tsv);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Little room on the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live picture,</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Location</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock	{sequence_of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock the session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lock; unlock</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Locked. The live view can be looked at; all else needs your password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login ser&amp;vice…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login service away, limited rights until {until}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Login service, which is away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longer ones are cut.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Longest sess&amp;ion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loo&amp;k…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look and &amp;test…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at it again, and repeat your change if it is still wanted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at its settings under Alerts, Delivery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the camera&apos;s certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the disk and the folder “audits” of the profile. {log}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the sheet for the next shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for &amp;far, small people (costs more time)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for &amp;faults</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for faults in the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look through a list of cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look through a list of users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look under Live or Cameras what is wrong with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look when a shift was handed over last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look whether something hangs over it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look whether the cameras are switched on and in this network. Cameras in another network are found by its addresses; a camera can also be added by itself, by its address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look whether the frames are where the people are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looked at alone, the camera then shows the counted stream instead of the full picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looked through {moment_of}: no fault inside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looked through {moment_of}: {verdict}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the audits …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at what is left of it, and at its copies…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for cameras …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for faults …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking what that would delete …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looks at: {width} × {height} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower finds more people and more that are none; higher finds fewer of both.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower the resolution in the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower the resolution or quality in the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MJPEG stream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mail &amp;server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mail, SMS or a webhook delivers nothing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mails</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Main site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a copy of the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a secret that nobody can guess</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a user choose a new password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a vault for passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a vault…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make and model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make another plan that begins as this one is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make another role that begins as this one is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make another rule that begins as this one is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make new recovery codes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make room on the disk of the profile, or keep the history for fewer days; when it is full, nothing more is saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make room on the disk, or delete recordings that nobody needs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make room on the disk. CamWatch goes on by itself then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the first administrator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the sheet for the next shift ({sequence_of})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the user the owner of the database and of all its tables, as docs/postgresql.md says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the user the owner of the database, as docs/postgresql.md says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the vault for passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Many providers want a password made for programs. It is kept in this computer&apos;s keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Map over the camera&apos;s picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>March</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mar|March</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masked parts are painted over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>May</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>May {may_words}. Sees cameras of: {sees}.{factor}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>May|May</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean, peak and coverage of each zone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mean, peak, coverage and quality of each step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured: {in_out}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measured: {people}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Median</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Members</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menlo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes of lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Minutes of zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model&apos;s fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models ({pattern})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models that find people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moments at which you and the program differ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Month before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mon|Monday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More alerts of the rule “{rule_name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More came in than went out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More crossings than</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More headers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More or fewer people passed than were counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most people pass it at only {value:.0f}°, nearly along it. Turn it so that people walk straight across.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most visits from {clock_hour} to {clock_hour2}: {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move a camera to a preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move a camera to its home position</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move all into the keyring?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move passwords from the vault to the keyring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the zoomed picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move what is in view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move; with Shift in small steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Must choose a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mute {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>My account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>My account…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NOT trusted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name at the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the action</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name or address of the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name the file with the certificate of the authority that signed it, or ask your administrator whether this is the right server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name there, such as shift-lead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name, or empty to write it by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name, such as X-Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs a sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Networks of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never a person here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Never used yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New &amp;passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New password due</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New rule…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest entry as noted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Newest entry then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next page of cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next picture (full stop)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ni&amp;ghts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nine tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No PostgreSQL server answers for {place}: the connection was refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No alert is open. The last one was raised {ago} ago, {when}:
{title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No alert matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No alert selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No alert yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No alert: {why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No audit tells yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera answers since {since} ({many}): probably this computer&apos;s network cable, or the switch at its end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera audited yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera is added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera is added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera is plugged in now. You can still enter its number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera is switched on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera needs attention.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No camera was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No cameras yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No clear view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No daily copies are made, since the settings say so (history.backups is 0).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No drill was begun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No drill was played since CamWatch was started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No entry chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No entry matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No fault inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No groups yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No key is trusted yet. Compare the fingerprints, and then trust these keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No line to suggest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No measurement is in that copy: cameras, users and rules are as they were then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No message is like this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No more than {words} are listed at once. Narrow the filter to find older ones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No number for {whole_span}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No other one is surely better for this camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No password is in it: they stay in this computer&apos;s keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No password is kept for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No password was sent. If the camera got a new certificate, an administrator can trust it in the camera&apos;s settings; if not, somebody else may be answering for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture has come from this camera yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture of this camera was counted at this moment, so nobody knows how many people there were. It does not mean that there were none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture of this camera yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No picture yet from this camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No pictures came for {time_left}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No plan uses a channel yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No plan uses it, so there is nothing to prove.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No rehearsal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No report is sent by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No session is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No shift was handed over in the last month.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No unusual {one}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No user has the role “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No user matches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No users are shown yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No users in this list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No visits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No zone is drawn in this view. Draw one, and how long people stay in it is measured from then on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No {what} are drawn yet. Draw some in the counting setup of a camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No {what} is known of {named}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody answers there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody appeared or vanished there: all is well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody came</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody can be told by mail or phone yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody can find out a forgotten passphrase. Without it, the passwords of all cameras must be entered again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody could be counted in this time.
{what_to_do}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody else is told then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody has acknowledged this for {waited}.

{text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody has checked any of these cameras yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody has checked yet how right the numbers of this camera are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody is added before you have seen here what the list holds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody is counted at this spot. Del lets people be counted here again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody is named: choose who is told.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody knows the name of the computer that holds {place} ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody of them is on call {when}. {then}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody takes care of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody that this computer knows vouches for it; with most cameras that is so. Compare the fingerprint with the one on the camera&apos;s own page, or look at both from a computer that is connected to the camera directly. If you trust it, pictures are taken only from whoever shows this very certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody was added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody was seen here in the last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody was seen in this time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody was there to be counted, so there is no accuracy in per cent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody will be told of this any more.{lately} Alerts that it has raised stay; those that are open return. To silence it for a while, switch it off instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody would be let in: none of these names is in the list of roles.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody yet: add recipients in the list of people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None is set up here, or its settings cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of the cameras is added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None of these is an RTSP stream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not accepted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not acknowledged: {subject}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not applied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not as much was measured in one time as in the other, so that no difference is told in percent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not asked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not at all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not audited yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not complete yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not counted for {whole_span}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not counted in time, so left out: {pictures}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not counted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not down once {span}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not encrypted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not enough weeks are known yet to say what is usual.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known yet whether it counts well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not known, for it is not counted now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not live: the last picture is from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not needed any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not read: {named}{word}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved. {whole}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not saved: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sealed yet: {entries} of an older CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not sent {moment}: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not to {address}: {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Noted at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing happens at once: nobody hears of an alert before the first step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is added before you have seen here what the list holds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is called that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is chosen. Choose something here or on the picture, or draw it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is counted meanwhile: this computer has not yet seen which cameras there are. Once it has, it counts also while the server is away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is counted there meanwhile. Check power, cable and network of the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is drawn yet: the camera counts all the people it sees. Take a tool above the picture to draw a line, a gate, a zone or a mask.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is known of any hour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is known of this camera {span}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is known of this time yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is known to be missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is stored yet of what this rule watches, so nobody can tell how often it would have fired. Save it all the same, and look again in a few days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is ticked yet, so nothing would be changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing leaves the screen: if nobody sits there, nobody hears of an alert.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing moves in view: the number of people was taken over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing needs to be done for alerts: they are tried again by themselves. Test again in a few minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing needs to be done: it is asked again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing starts by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing that is stored now is older than that: nothing is deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was corrected in this time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was counted in this time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was counted yet since CamWatch was started.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was done yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was ever written into the audit log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was measured in the last hour.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was measured in this time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was recorded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was recorded in this time.
{what_to_do}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was sent yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was sent yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notice an error of the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notice many wrong passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notice tampering with the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notices about pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Notify</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nov</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>November</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nov|November</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now it is kept in {place}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now {bias} in a picture on average; then it would be {bias_then}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now {text}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now: {counts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now: {escape}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now: {named}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number or name that messages are from; empty if the gateway has its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbered &amp;from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Numbers without + begin with +{code}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX Runtime cannot run the model: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX Runtime is not installed: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ONNX Runtime refuses the model: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Occupancy of the last hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Occupancy over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Occupancy, {whose}, last hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Oct</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>October</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Oct|October</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of a</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of its file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the counted passages, {share} were real.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of the test picture, on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of those who passed, {share} were counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off for an address that is only told that CamWatch is alive.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off: both ways count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off: each number as it was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off: your password alone lets you in. With a device that makes codes, nobody gets in who only knows your password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Often the whole e-mail address. Empty for a server that asks nobody to sign in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Old picture · {span} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Older than this, charts can be zoomed to hours, no longer to minutes. 13 months let you compare any minute with the same day of the year before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Older than this, nothing is left: no year to compare with. They are small: a camera takes less than a megabyte a year. How cameras were is kept as long.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On average {mean_truth:.1f} people were there, and the program showed {mean_counted:.1f}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On that date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the cameras page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the charts page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the live page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the screens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the users page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On: guards go on seeing pictures and counts, and nothing else. Off: a locked CamWatch shows only the field for the password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On: signing in asks for a code of your device as well as for your password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Once a camera counts, its numbers appear here. Cameras are added under Cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Once a rule raises one, it appears here by itself. What is watched for is under “Rules”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One computer, nothing to install. Room for years of a hundred cameras. Copies are made by CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One is kept and never shown. Leave this empty to keep it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One model counts for all cameras. Your own model file is tested first, and is used only while it is, to the last bit, the one that was tested.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One model counts for all cameras. Your role lets you see the models, and not test, add or choose them. An administrator can give you another role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One moment, please …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One of those that you kept. Each can be used once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One question to all; cameras that speak ONVIF answer by themselves, also in IPv6 networks. It does not pass routers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One tile</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One year</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One-time code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One-time code for {breakable}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One-time code of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One-time codes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only at &amp;these hours of the week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only cameras with lines or gates can be too slow.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only critical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only for a certificate of your own organisation, PEM.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only for a server whose certificate is of your own organisation, PEM. Empty trusts what this computer trusts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only if the settings let pictures leave this computer: send_pictures in the part [alerts] of the settings file, which is off at first. Masked parts stay masked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only people in view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only this computer has the history open: it counts all sites. Several workstations can share a history once it is on a PostgreSQL server; see “Where it is”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only with this result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only you should know it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {coverage:.0%} of this time was measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {people}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only {value:,.0f} MiB are free on the disk of the history. Delete or move other files, or keep the history for a shorter time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open &amp;sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open Alerts, Delivery, and send a test over this channel. What waits is sent as soon as it works again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a recording for an audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open now: {opened}.
Raised in the shift: {happened}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the tile alone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OpenCV cannot run the model: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>OpenCV refuses the model: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens everywhere; comma, point, UTF-8.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Operate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Operator menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or sign in with a user of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or type this key into it:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Otherwise the password can be kept only until CamWatch closes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outbox</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outbox ({waiting})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outer, end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outer, start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over, unseen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Over: {subject}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Owner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Owner: {one_line}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>P&amp;ort</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>P&amp;rotection of the connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PDF files (*.pdf)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PLAIN {base64}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PNG pictures (*.png)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page {value} of {count}{more}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Page ↑ ↓</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pan left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pan right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parquet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parquet files (*.parquet)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Part of a name or a role ({sequence_of})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of its file cannot be read or contradict each other. That happens when a disk fails, or when another program writes into the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parts of its file cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pass it on in person or by telephone. With it the user signs in once, and chooses </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pass&amp;word</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pass&amp;word or token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passages of lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passed: {inwards:,} in, {outwards:,} out (countable for {percent} of the time).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passing “{place}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passwor&amp;d</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passwords cannot be kept safely on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Passwords that were changed since are missing in it. If you did not put it there yourself, somebody else may have: put the newest copy in its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste them where nobody else can read them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path of ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path of the &amp;full picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path of the sna&amp;pshot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path of the status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Path of the str&amp;eam</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak, at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People &amp;passing a line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People appear on a simulated camera, and the whole chain is watched: counting, rule, alert, popup, and one message by each channel in use. Real cameras are not touched. Every message says that it is a drill; a text message costs what it always costs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People are not being counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People are not counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People at each hour of the week. Move with the arrow keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People cannot be counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People cannot be counted well in such pictures: the number is doubtful.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in &amp;view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in this picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in view now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in view on average at each hour of the week. Hatched: nothing was measured; a dot: less than half of the time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in view, on average</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in view: {mean:.1f} on average, at most {peak} (known for {percent} of the time).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People in zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People passing in and out over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People were not counted in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People-hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>People-minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Permission that was missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Phone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pi&amp;ctures per second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture before (comma)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of the camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of the camera before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of the moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of the moment, kept with an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of the next camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture of {camera_name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture the model was tried on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture {value}  You: {people}, the program: {raw}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture {value} of {count}, {left} left to count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture: {width} × {height} pixels, {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures are taken only from whoever shows this very certificate, once the camera is saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures are taken only from whoever shows this very certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures come too seldom to count who passes the camera&apos;s lines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures of {count} recordings are kept: {size_of_all}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Places the camera knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plans</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plans can name groups, so that people change without changing the plans.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plans name groups, so that people change without changing the plans.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play an event through the whole chain, and watch each step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please ask an administrator to add cameras. They appear here by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please correct it and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please correct them and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please keep the codes first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plug it in, or choose another device in its settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plugged into this computer; no network needed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Po&amp;rt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Point at a spot to read its value, or go there with the arrow keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Point at an hour to read it, or move with the arrow keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Poor counts: fallback model {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Popup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port of ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Posts a test message with the settings as they are entered here. It says that it is one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Present p&amp;assphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press a key the moment somebody passes the line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview of the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview of the sheet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous page of cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Print the chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Print… (Ctrl+P)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protocol of ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove all channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove that all channels work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prove them &amp;now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proven {at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put a copy in the place of a damaged history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put alerts aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put aside for some time, with a reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put before the paths.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put it right, or choose another file. The model in use counts on as before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put it right, or choose another one. {not_counted}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put its file back, or choose another one. {not_counted}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put one in the middle; close it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the same file back; to go on with another one, restart CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the {name} of the alert in here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>QR code for your device&apos;s camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>R&amp;oles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RTSP 401, and no user name is set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RTSP stream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>RTSP streams come over {upper}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raised in the shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;move…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read again (F5)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the alerts again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the numbers again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read the picture again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading row by row…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the alerts…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the list of cameras…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Really</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Really there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recipients are the people whom e-mails and text messages go to.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recordings that nobody counted for 7 days were deleted, with their pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recovery codes for CamWatch. Each works once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refuse what the login service sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refuses this sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rehearsal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rehearse a rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remo&amp;ve…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove &amp;role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a group of recipients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a report that is sent by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove a user&apos;s second factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove an escalation plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the channel and its password (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the group “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the group; its members stay (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the last corner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the own second factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the plan (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the plan “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the recipient, also from groups (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the role; its users get another one (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the rule “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the rule; its alerts stay (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the user from the list (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {cameras_words}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove{who}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report of {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Report sent by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reports go by e-mail, and no e-mail channel is set up yet. Add one on the page Alerts, under Delivery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reports sent by themselves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset &amp;password…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset a user&apos;s password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset the password of “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore a copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore the copy of {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rests until {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retry in {whole_span}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Retry-After</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Return</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role of a user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Role that is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roles there → roles here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Runs in: {runtime_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;ite</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;teady the shown number over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;wap in and out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;witch off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;witch on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SHA-256 fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SHA-256 fingerprint {grouped}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SMTP_PASSWORD is not set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SQLite {version} has a fault that was put right in {sound}: a file that two connections write to at the same moment can be damaged. CamWatch writes with one only, so it is not affected. Do not write to the file with other programs while CamWatch runs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSD, Caffe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SSD, TensorFlow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>STARTTLS, always</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sat|Saturday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save (Ctrl+S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a group of recipients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a report that is sent by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save an escalation plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as PDF…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as a picture… (Ctrl+S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the chart as a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the entries that are shown, and the older ones, as CSV</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the hand-over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the one-time codes: whoever reads the file can sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the recovery codes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the signed report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the signed report as &amp;PDF…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save this picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save what can be read of a damaged history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving is delayed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say first where the test is to go.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say that you know. One that is over is closed with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say that you take care of it; again, that you do not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say who takes care of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say who takes care of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say “I am alive” every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Se&amp;cret</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seal the entries of an older CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search every picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search for cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search for cameras that moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search for the camera&apos;s new address under Cameras. If it was replaced, edit it and say so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search names, actions, details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search text, address or answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the audit log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the outbox</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search title, rule, camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searching pictures for people hung several times within a minute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Second factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seconds between &amp;pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Securit&amp;y…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Security</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See a single measurement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See and change the rule (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See and change what the role may do (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how long people stayed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how right the counts are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See how the history is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See lines and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See people in a zone over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See that the server runs and can be reached from this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See that the server runs, listens on this address and port, and that no firewall is in between.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the &amp;recording…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the audits of the accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the channels of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the chosen model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the counts over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the escalation plans</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the groups of recipients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the hours of the week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the key of reports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the messages about alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the open sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the own account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the pictures of an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the recordings for audits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the reports that are sent by themselves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the rules of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the security settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the workstations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what a rule would say</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what a shorter time would delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what an audit would say</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what an export would write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what came of a drill</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what happened to a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what is counted in a view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what is counted in the views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what is usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what was corrected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See where passwords are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See where people were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See whether a camera can be moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See whether alerts arrive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See which roles the login service gives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See which workstation counts a site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See who is told of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See who passed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See who passed over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See why a rule fired or not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See why the rule fired, or did not, at a moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sees cameras of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a channel in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a group in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a plan in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a recipient in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a role in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a rule in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a session in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a user in the list first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a user to change what the user may do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select all alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select an alert first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select an alert to see all about it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select several rows with Ctrl or Shift, or all of them with Ctrl+A.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select, line, gate, zone, mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sen&amp;der</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send a &amp;test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send a test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send a test before you rely on it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send a test message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send by &amp;itself…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send by it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send nothing by it until it is switched on again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send nothing over an unsafe connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send the daily proof through every channel, and see what comes of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send “{name}” no more?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sending …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sends a short mail with the settings as they are entered here. They need not be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sends a short message with the settings as they are entered here. It costs what an alert costs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent with each message; Authorization and names that begin with X- are allowed. Write $secret where the secret from above belongs: it stays in the keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sent {moment}{late}: {what}. {answer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>September</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sep|September</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set by SMTP_PASSWORD.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set date and time of this computer, best by the network, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set owner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set the camera to H.264, H.265 or MJPEG.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set the camera to send JPEG pictures of an ordinary size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up a device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up a second factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Set up your device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several cameras compared over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several with commas between.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Severity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shade what is usual at this hour of the week, from the twelve weeks before, and mark what was not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shelve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shelve {alerts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shelved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shelved by {actor}: {shown}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shelved {these} until {words}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shelve…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift+← →</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sho&amp;wn as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show &amp;all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all o&amp;pen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show an alert on the screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show former alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show how the rule stood at that moment, step by step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show only &amp;problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the &amp;result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the camera as it is now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the camera&apos;s counts around that time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the numbers as the cameras measured them, without what people corrected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole time (Home)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show these keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show {cameras}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown when you look at this camera alone; empty if it is the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the middle one of the numbers found in this time, so that somebody hidden for a moment does not make it jump. The history keeps both.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows where people stand, and where they get lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in to see your cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in with a recovery code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in with a user of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in with the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in, the next step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign of life</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign the user out there at once (Del)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign-in refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in through {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed in with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in did not work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in is locked for a while</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in takes one more step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in then asks for a code of the user&apos;s own device as well. Whoever has none yet sets it up at the next sign-in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in was not finished in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signs each message, so that the other side can tell that it comes from here. Enter the same one there. Without one, messages go unsigned.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signs in as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signs in once with the one-time code, and then chooses a password. If the code is lost, “Reset password” makes a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signs in with the present password, and then must choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since then this has changed: {changed_words}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since {day_of}, {kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since {since}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single measurements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single measurements of this time are not kept any more, or none stands for this moment. This is the mean of its minute, in which there were from {lowest} to {peak}; {coverage:.0%} of it was measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Site {gone} {gone2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sites and cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sixteen tiles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the error, each {one_of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slower and faster with the keys ↓ and ↑</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small and typed, for programs that analyse data.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smooth video; costs computing time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smooth, but much network traffic.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So few people or fewer are in view, or in a zone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So few people or fewer pass a line or gate within a time that slides along.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So it is with {value} more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So many more people came in than went out since midnight.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So many people or more are in view, or in a zone, at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So many people or more pass a line or gate within a time that slides along.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So nobody can be told by this step{then}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So nothing was sent, and no password either.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some addresses were not taken; the others got the message.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some alerts do not get out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some lines and gates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some numbers were corrected by people.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some sites or cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some things to know</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some values{where} cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody else has changed “{name}” at the same time, so nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody has acknowledged the alert.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody has removed it meanwhile.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Somebody who is told outside of this window. They need not be able to sign in here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something else was put into the vault meanwhile, so it was not deleted. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something else was written over its file, or over its beginning.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something here looks like a person and is none. Whoever is found at just this place, in this size, is left out of every number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something outside does not work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something that it needs is missing, or it is switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong in CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside CamWatch. It goes on; if it happens again, send the log to your support with this number: {error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sound on again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sound: {entries}, {at}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sounds of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sounds of alerts…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spot {value} at which there is never a person.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spots at which there is never a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spread &amp;over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spreads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stands for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stands in the history and on the hand-over sheet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start &amp;recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start CamWatch again. If it happens again, choose another model. Until then pictures are shown, but nobody is counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a recording for an audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start an &amp;audit…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start anew at its end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States are kept from the moment a camera is watched for the first time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status: none. {why} Pictures are counted all the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status: {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Steps of the chart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop a camera&apos;s movement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop a recording for an audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop a test message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop a user from signing in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop here, show the &amp;result</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Storage may be failing. {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Store</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Store an audit of the accuracy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stored history, and where the rule would have fired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as Ground floor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as Night shift</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as Office mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as Text messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as Ticket system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as “The lens was dirty”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Such as “Week of Store North”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Suggest a line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sun</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sun|Sunday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch &amp;off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch &amp;off…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch &amp;on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch a rule on or off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch off a channel that is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch off compression in the camera&apos;s web server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch the rule on or off (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switch the second factor off?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched itself off: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Switched {word}; a click or Space changes it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TCP (reliable)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>TLS from the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take alerts out again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take away second factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take back the last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take back what was done last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take care of it; no longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take from the shelf: it tells people again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take it with care: something was wrong with the picture{why}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take off the shelf</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take over a role from the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take search and filters away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the second factor from “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take this line away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take {name} away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken out: it is a gap</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken over by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell your administrator; the audit log has the details.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tells</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test on a &amp;picture…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test on a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text searched for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That alert is not here any more: it was deleted, or is too old.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is a change of {signed}, with a certainty of 95 % from {signed2} to {signed3}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is at {at}. A right password is not accepted before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That was too short. Keep the button down while you draw the line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The adding was stopped, and all is as it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address has changed, so please enter the password again for the new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address of the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The alert and its messages in the outbox</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The alert was put aside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The alerts cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The audience</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The audit is older than 90 days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The audit is stored, but its pictures could not be deleted or kept as you wished.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The audits of this camera hold too few pictures or people. Audit it once more, when more people are there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The base path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The boxes show whom the program counted in this picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera did not obey. {whole}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera gave no picture that could be counted in this time. Discard the recording, see to the camera, and begin again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera gives no picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera gives pictures.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera has no status page at this path; that does no harm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera is being asked …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera is not asked over https, so it shows no certificate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera sends the same picture again and again, so nothing is counted there. Restarting the camera usually helps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera was replaced by another device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera&apos;s address may then point to this computer itself, or to devices that are connected directly. Allow it only if the camera really is there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera&apos;s certificate is trusted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera&apos;s old password cannot be removed from the keyring now, and it must not be sent to another address. Unlock the keyring and try again, or remove the camera and add it anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cameras are simulated. User name and password are filled in for you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certainty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certainty from which it counts somebody as a person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate of the server of {place} is made out to another name ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The certificate of the server of {place} is not trusted here ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The change was not made, but {listed} may have the new password now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The channel is gone: choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The channel is not set up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The channel was removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The check of the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The claim with the roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock of this computer is not right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock of this computer was set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The clock of this computer was set, which shifts schedules and history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The codes stand in it as they are: whoever reads the file can sign in with them. Only your account of this computer can read it. Delete it when the codes are passed on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The codes were neither copied nor saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The comment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The comment was added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection stands, or was begun, but nothing came back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection to {place} is closed because CamWatch ends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The connection to {place} was lost ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The copy is being put in place…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The copy is deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The copy is made, and has no fault inside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The corners</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The country</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The counts that wait in {folder} take as much room as the settings allow ({value} MiB).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The currency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The damaged file is kept: {set_aside}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database is in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database is of a newer CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database is too slow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database server is away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The database server refuses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The desktop shows no notifications ({why}). Alerts are shown in this window only, so keep it in sight.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full, not saving</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is nearly full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk may be failing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk that holds {file} reports an error ({detail}). Check the disk and its connection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk with the history is nearly full.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The drill is going on …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The drill was stopped before its end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The drill {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The e-mail address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The e-mail channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The end must be after the start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The end of the line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The entries were not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file audit-head.json is gone from the profile, so it is not known whether entries were cut off at the end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has the details; its times are those of {key}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is being written anew …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file itself is sound. The log beside it, which holds the last moments before CamWatch ended, is damaged or that of another file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file of certificates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file of the history is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file of the picture is not there any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file of this picture is damaged, so it is not shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file was written anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file with the certificates to trust cannot be used ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files of an audit cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The filter leaves none over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The fingerprint of the certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first line that fits counts. Whoever fits no line is not let in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first one is made soon after the start, and then one each night.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The highest single count: how many were there at once in the fullest picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The highest sum within a minute is estimated from each camera&apos;s highest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history and its log do not belong together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history has faults inside ({verdict}). Make no new copy over an old one, and restart CamWatch: it offers to put a sound copy in its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history has faults inside.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history holds a {what} that cannot be read ({error}). Put your newest copy of the history in its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is damaged. The live view and counting go on. Close CamWatch and start it again: it then offers to restore the newest sound copy, or to save what can be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is not being saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is not open yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is not saved now; {rows} rows wait on the disk beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is not sound: {found}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history was looked through and is sound.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history was read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The issuer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring could not do it ({kind}). Check the desktop&apos;s keyring, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring did not take back all passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring does not answer, so its password cannot be read now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring does not answer. It may be waiting for its own password: look for its window behind the others, answer it, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring has no secret for this user&apos;s second factor. Sign in with a recovery code and set the second factor up anew, or ask an administrator to take it away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring is locked or does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring is locked. Unlock it with its own password, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring or the vault, which holds the key, does not answer or is locked. The entries follow each other, but whether they were changed on purpose is not known. Unlock it, and check again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring that is chosen on this computer ({name}) does not keep passwords safe, so CamWatch does not use it. Choose the desktop&apos;s own keyring, or make a vault of CamWatch&apos;s own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring that is chosen on this computer cannot be used. Correct PYTHON_KEYRING_BACKEND or keyringrc.cfg, or remove them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The keyring took the password but did not keep it, so it was not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kind of camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kind of correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The kind of gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The li&amp;ve view stays visible while CamWatch is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The line has more cells than there are columns.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The lines are not drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The list is saved as {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The local network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The location</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log could not be checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log ends at entry {number}, but there were {other}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The log is empty, but there were {entries}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service answers again and has confirmed your session.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service answers with something else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service cannot be reached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service cannot prove who it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service does not answer in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service does not answer. You are signed in by what it said of you earlier, until {until} at most, and without the right to manage users and security. As soon as it answers, it is asked again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service is out of order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service knows you, but none of your roles there stands for one here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service must confirm your password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service sends CamWatch elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service signs with other keys than before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service wants to be left alone for a while</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service&apos;s answer has run out already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The login service&apos;s answer is not believed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The longest message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The longest session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The longest single visit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mail server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mail server said: {text}.{refused}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The map fills as people are counted: an hour appears as soon as a part of it was measured. Choose a longer time, or other cameras.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The map fills while people are counted on this camera. A new camera shows its first colours about a minute after the first person came into view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The map is in the clipboard as a picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The maps of where people stood and walked. Older than this they cannot be shown; the counts, and how long people stayed, are not touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The members</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The message is posted to /2010-04-01/Accounts/…/Messages.json below the address, signed in with account and token.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The message was refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model file {value} is damaged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model file {value} is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is loaded and tried …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model that counts people does not work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model {name} {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name is already used by another user.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name stands in line {lines} as well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The names of {many} are not found since {since}: probably the network&apos;s name server does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The networks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The newest copy of the history is {days} days old. Make one now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The newest picture, and how old it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next step comes at once then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The next unusual one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The note of the newest entry in the keyring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The note of the newest entry in the profile, audit-head.json,</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number inwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number is steadied; found in the newest picture: {people}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number outwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The number {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The numbers of {about} were {percent} right when they were audited on {audited}, in {lights}. With a certainty of 95 % they are right to {between}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The one-time code was not used in time. “Reset password” makes a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The open sessions are being read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The operator counted the people in pictures that had been chosen at random, without seeing the program&apos;s numbers. Each picture was compared by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The operator watched the recording without seeing the program&apos;s numbers, and kept count of the people in view. The recording was cut into intervals, and in each the average number of people was compared with the average number that the program showed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The operator watched the recording without seeing the program&apos;s numbers, and pressed a key for each person who passed. The recording was cut into intervals, and in each the numbers in and out were compared; errors in both directions add up. A counted and a real passage less than {tolerance} apart were taken for the same one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other entries fit together; {entries}, {at}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other place begins empty. To take the history along, close CamWatch after this and run “camwatch db move”, which copies everything and checks it; then start CamWatch again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side cannot be reached.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side cannot prove who it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side does not answer in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side has taken the message. Look whether it arrives.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side is out of order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side said:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side takes nothing any more at this address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side was reached, and did not let CamWatch in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side was reached, and does not take this message.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other side was reached, and takes nothing just now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The owner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The owner is the former one again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The page Alerts shows all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The passphrase is changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The passphrase is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The passphrase of the vault was changed by another CamWatch. Unlock it with the new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password and all open sessions end now. You get a one-time code with which the user signs in once, and then chooses a password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password cannot be read now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password is wrong. Check whether Caps Lock is on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password of each goes into this computer&apos;s keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password of the database server {host} cannot be read: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password of the database server {host} is in the vault, which is locked.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password or the code is wrong. Wait for the next code, and enter both.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The passwords of the cameras are in CamWatch&apos;s own vault on this computer. Its passphrase opens it until CamWatch closes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path of ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path of the full picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path of the snapshot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path of the status</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The path of the stream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The peaks of the cameras added up; they need not have been at the same time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The permissions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The phone number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture cannot be read. {whole}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture is on the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture of the alert cannot be read now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture of the moment in which an alert was raised. Older than this, the alert is still there without it. A longer time holds for pictures from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture was deleted: pictures of alerts are kept for {days} days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The place where this computer keeps passwords does not give it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The port of ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The ports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The ports must be whole numbers from 1 to 65535.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The present one was for once only, or somebody else knows it. Choose your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The present threshold fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The profile folder {folder} cannot be used: {why}. Allow your account to write it, or choose another with --profile DIR.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program is never quite sure whether something is a person. Whoever it is less sure of than this threshold, from 0 to 1, is not counted: a higher one misses more people, a lower one takes more things for people.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The protocol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The protocol of ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recorded pictures show people. They stay on this computer, in a folder that only CamWatch&apos;s account can read, and are deleted once the audit is stored, or after 7 days.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recording cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report of a day goes out on the next one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report of a month goes out on the 1st of the next.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report of a week goes out on the Monday after it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report of the span that ended last is being sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report was not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The result becomes the badge beside the camera&apos;s numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The result holds for the light and the number of people that were recorded, for this view, and for the settings above. The operator may err as well: where people are close together, two operators seldom agree completely.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The results of the audits stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The right choice wherever the connection leaves this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The role here would be “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The role instead of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The role is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The role {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The role “{name}” needs a second factor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The roles here are {roles}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule fired at this moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule is about no camera or place that is there now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule is switched on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule needs {least_weeks} weeks beside the one that it judges; {weeks} {word} stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule of this alert keeps no picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The rule would have had an alert open at this moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The search for people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The second factor is off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The second line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sender</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The serial number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server can be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server makes its own copies</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} cannot encrypt the connection ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} does not accept user name and password ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} has no connection left for CamWatch ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} has no memory left ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} is PostgreSQL {version}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} is just starting or stopping ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} lets nobody in from this computer in this way ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server of {place} reports an error of its disk ({said}). Ask its administrator.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server offers no encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The service answers, and refuses this user.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The service answers. It offers no keys, so CamWatch asks the service about each token each time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The service answers. It offers {keys}: CamWatch checks its tokens itself against {them}. Compare the fingerprints with what the people who run the service tell you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The service refuses this name or password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings have been changed since this trial.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings have been changed since.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings have been changed: test the connection to see a picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The share of the time that was measured. The rest is not known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The share of this time in which passing could be counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The share of this time in which people were counted. Still views, whose people were taken over from the picture before, count as well.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The shift began</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The signed report is saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The six digits that your device shows now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The start is in the future.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The start of the line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The table of fields below is posted as a form. User name and password go along by HTTP Basic, unless the table names $secret.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The table of fields below is put behind the address after a “?”. Choose POST where the gateway knows it: addresses end up in logs, secrets in them, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The table of roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The table {name} differs after it was moved: the history was changed while that was broken off, or a disk fails. Move it once more to an empty place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time after (Alt+Right)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time after which still pictures are searched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time before (Alt+Left)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time before: {mean:.1f} on average (known for {percent}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time between both lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time between signs of life</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time between two pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time for gathering</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time for turning back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time that steadies the shown number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time until CamWatch locks itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time without the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The time zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The times are not equally long ({length} and {length2}); compare their means.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token that it sent does not hold, so nobody was signed in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The token that it sent was too old when it came.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The transport</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The trusted keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The unencrypted connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The unusual one before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user can no longer sign in, and all open sessions end. What the user did stays in the audit log. To keep somebody out for a while, disable the user instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user has this role already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user is signed out there at once, and can sign in again. To keep the user out, disable the user.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user name or the password is wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user of {place} may not do this ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user of {place} may not use the schema public.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The user {user} may not make tables in {place}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The usual one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The usual plan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The usual plan is always there. It can be changed, but not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The usual size of the error would go from {value:.2f} to {value2:.2f} people.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The variable CAMWATCH_DETECTION_MODEL names another model, and wins.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault is an older copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault is locked. Cameras that need a password wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault is open until CamWatch closes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vault {path} {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The view was still, so the number of the picture before was taken over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The {word} {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their people are added up; the peak is an upper limit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their pictures come within the next seconds, on the page Live.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their pictures come within the next seconds.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then be &amp;quiet for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then say so below, and go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then: unknown, and a gap in charts, until somebody tells who passed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then: {in_out}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are faults inside the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no cameras yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no recipients yet. Add them first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no rules</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a keyring on this computer by now. It can take all that the vault holds; nobody enters a passphrase then any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is a vault for passwords already. Unlock it with its passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no channel that is switched on, so there is nothing to prove.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no copy of the history yet. Make one, or let CamWatch run over night.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no copy yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no e-mail channel yet. Add one first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no fault inside the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no good place for a line yet: too few people walked here, or each went another way. Try again when more people have passed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no history yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no line yet, so nobody is let in. Add one for each role of the login service that is to come in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no line, gate or zone on this camera&apos;s view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model “{name}” in the models folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no moment at which your count and the program&apos;s differ.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no password: an empty one is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no program that plays sounds. Install PipeWire, PulseAudio or ALSA&apos;s tools (pw-play, paplay or aplay), and start CamWatch again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no role “{key}” here, so nobody is let in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no role “{wanted}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no room left for the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no room left for the pictures of an audit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no room left on the disk of the server of {place} ({said}). Make room there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no room left on the disk that holds {file} ({detail}). Delete or move files you no longer need.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no sound copy of this history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no step, so nobody is told.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no user in the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no vault on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no vault on this computer. CamWatch offers one when a password is to be kept and there is no keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing in its file any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing in this time: the file would have only its header.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to chart yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to judge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is too little room on the disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is too little to say</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There was no camera in this time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There was no current picture at that moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There was too little to say how right the numbers are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There were too many wrong passwords. You can try again in {wait}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There were {truth:.0f} people in {pictures}, and the program counted {counted:.0f}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These are not the keys that are trusted. If the service has got new ones, compare the fingerprints, and then trust them. If not, somebody else may be answering for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These keys are trusted once you save.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are being looked up …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are being read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are no longer watched, and their passwords are forgotten. Their history is kept: what was counted so far can still be looked at.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are not trusted here, so nobody was signed in. That happens when the service was set up anew, or when somebody else answers in its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are sealed when the next entry is written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are taken out of their groups, too, and hear of no alert any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They cannot be read or written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They open as popups where somebody is signed in. Add a way out, such as e-mail, so that somebody hears of them who does not sit here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They see the cameras of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They stay in their folder until somebody discards them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They were held back, so that you are not flooded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This address is not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This alert is about no single camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This camera has no line and no gate. Draw one on its picture first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cannot be done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cannot be saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cannot be stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This channel comes from the environment variables SMTP_HOST, SMTP_PORT, SMTP_USER and SMTP_PASSWORD with which CamWatch was started. It is changed there, by who starts the program; it can be tested here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This channel comes from the environment variables SMTP_… with which CamWatch was started. It is changed there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This code is not right, or was used before. Wait for the next one, and check that your device shows the right time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer cannot keep up since {since}: pictures come late. {advice}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer grants CamWatch no more connections since {since}: {many} {do_not} get one. {advice}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer has a keyring by now. “Vault for passwords…” in the operator menu moves all passwords from the vault into it; nobody enters the vault&apos;s passphrase then any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer has no network since {since}: {many} cannot be reached. {advice}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer is in no private network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer offers no keyring, so CamWatch can keep passwords in an encrypted file of its own. You enter its passphrase once after each start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer offers no keyring, so CamWatch has no safe place for passwords. Start the desktop&apos;s keyring (such as GNOME Keyring or KWallet), or make a vault of CamWatch&apos;s own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer only beeps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer was asleep or stopped for {whole_span}: nothing was counted in that time. The cameras are being asked again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer&apos;s clock was set back by {span}. Counting goes on; charts show that time as if it was there twice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer&apos;s clock was set forwards by {span}. Counting goes on; charts show a gap of that length.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This computer&apos;s own list of users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This concerns all sites at once, so only a role that sees all sites can have it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file is signed: a reader of PDF files that checks signatures tells whether it was changed since. The key belongs to this installation of CamWatch, which certifies itself, so the reader may call it unknown. The fingerprint of its certificate (SHA-256) is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This history is on a database server. Whoever runs that server copies it, such as with pg_dump. “camwatch db move” copies it into a file of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This holds for this workstation. Which alerts are heard, and when, is said by the escalation plan of each rule. Critical alerts cannot be turned off here, but muted for a while.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This holds from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a demonstration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a drill: nothing has happened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a fault of the program, not yours. What you entered is still there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a test that somebody has sent by hand. Alerts of CamWatch will arrive like this; nothing has happened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no list of cameras that can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no list of users that can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no recovery code of yours, or it was used before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not the passphrase of the vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not your present password. Check whether Caps Lock is on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is over since {at}:

{title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is something that only you should be able to do in your name, even if you leave your place for a moment. You are not asked again for the next ten minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the last administrator who can sign in, and one must stay. Give another user the role Administrator first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is your own account. Another administrator can do this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is your own account. Use “My account” in the menu at the top right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is your own account. You change your password and second factor under “My account” in the menu at the top right; for the rest ask another administrator.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is your own session. Sign out in the menu at the top right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This kind of file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This line may count badly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This may take a minute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This message proves that alerts of CamWatch arrive here. It comes once a day; if it does not, look at the page Alerts, under Channels.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This needs your password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This picture cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This picture is an easy one. Perhaps colours, scale or threshold are not what the model wants: a small file beside it can say so. Look at the frames before you use it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This rests on {number} pictures with {number2} people, which you or others counted in audits.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This role is always there, so only the second factor can be changed. Copy the role to make one of your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This role is always there. It can be copied, but not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This role may do more than you, so only somebody who may do as much can change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This rule is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This run of CamWatch has no profile that could hold a vault.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This takes a while for a large one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This takes about {value} seconds, and about twice the size of the file of free room on its disk. What is counted meanwhile waits, and is saved afterwards. Then the file becomes smaller whenever much of it is deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This time is not over yet: the report has the numbers until now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This time is not over: both are counted up to the same time of the clock. </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This user has no second factor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This user may do more than you, so only somebody who may do as much can change this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This user must choose a password at the next sign-in already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This was held back for a short while, so that you are not flooded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This year</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threshold of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thu|Thursday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick &amp;all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick n&amp;one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick what is to be the same for all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tilt down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tilt up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time between two pi&amp;ctures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time since the alert was raised</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time spent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time zone of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time zones of sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time: {milliseconds:.0f} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time: {ms:.1f} ms a picture, {value:.0f} pictures a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Times count from the moment the alert is raised. The arrows let a step change its time with the one above or below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Times in which it was down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Times of what was stored around it may be off. Switch the automatic setting of the clock on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Times: {key}. Made on {day_text} {year}, {now:%H:%M}, by {name} with CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To a network that is watched for intruders, a search looks like the beginning of one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To acknowledge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To put a copy back, close CamWatch and run “camwatch db restore” with the name of its file. What is there now is kept beside it. When the history is damaged, CamWatch offers the newest sound copy by itself at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To this hour of the day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To which address?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To which number?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To {named}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too easy to guess</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too few pictures to count who passes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too little to say</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many (+), too few (−)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many messages were waiting, and the oldest popups are dropped first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many or few, each {one_of}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too slow to count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Took</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Took {these} off the shelf.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tr&amp;y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tr&amp;y it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transport</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tried again by itself in {seconds}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust a camera&apos;s certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust the login service&apos;s keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust these &amp;keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trust this certificate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trusted until now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try a camera&apos;s settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try a database server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again in a few minutes. If it stays so, tell who runs it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again in a few minutes. {local}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again in a minute. If it stays so, check address, port and encryption: a wrong pair of these often looks like this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again in a moment, or ask for a shorter time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again in a moment. {log}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; capitals and blanks count.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try another word, or part of a name, place or address, or another filter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try another word, or take the filters away.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try another word, or “Show all”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try part of a name or of a role, or another filter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the camera before you save it: one picture is fetched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trying to reach the server…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tue|Tuesday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Twilio, or one that is asked like it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two letters, such as DE, FR or US.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two people who stay for five minutes make ten people-minutes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two programs got in each other&apos;s way in {place} ({said}). Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type how many people are in this picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the number again whenever it changes. It holds until the next one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>UDP (for old cameras)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>USB camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unacknowledged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Under which its author gives it away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Understood</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo; with Shift redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit of the time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock CamWatch to see it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the keyring of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the keyring or the vault, or enter the password again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the keyring, and enter their passwords again. The audit log names them all.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the place where this computer keeps passwords.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the vault</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the vault for passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the vault with its passphrase.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unlock the vault…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unshelve</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Untick this for somebody who is on leave: plans go on without them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Untick this to keep the plan without sending anything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until then everything goes on as it is. What was recorded so far stays where it is; “camwatch db move” takes it along.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unusable picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unusually few for this hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unusually many for this hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Up to four million rows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a recovery code instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use from the &amp;next start…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use https, or allow Basic sign-in in the camera&apos;s settings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it all the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the certainty set for the whole &amp;program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the code of the device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the name that stands in the certificate, or ask your administrator whether this is the right server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use this address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use this older copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {name} all the same?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use {suggested:.2f}…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User name or password was refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User name, if you like</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>User of this list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Users of the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Users that an administrator of this computer has added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Users that {login_service} knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Usually {usual}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Usually {usual}; {port} usually goes with {others}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Valid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Valid until {whole_moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value, such as $to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vault for passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vault for passwords…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Very good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Video in the browser (MJPEG)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Videos and pictures (*.mp4 *.mkv *.avi *.mov *.m4v *.webm *.ts *.mjpg *.mjpeg *.jpg *.jpeg *.png);;All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View only. {whole}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View only: nobody is counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Visits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Visits by the hour in which they began, from 00:00 on the left to 24:00 on the right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Volume: {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait, and try again then. {local}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the answers …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the first picture …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the last counts …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the next picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Walks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watches for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Webhook</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wed|Wednesday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weekends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Weeks of &amp;history it needs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome to CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wh&amp;ere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wh&amp;y, why not…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What came back is no answer of a login service, so nobody was signed in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What came back is no answer that CamWatch understands.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What comes of it stands below the list in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What could be read is the history from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What do you want to check?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What goes wrong in the program is not stored, so this rule cannot be rehearsed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happens then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is charted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is counted cannot be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is counted in its view ({sequence_of})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is counted is saved, last at {clock_time}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is posted, for example:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is too old is being deleted; that goes on while you do something else.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is too old is deleted in small steps, at night and after each change here. Recording never waits for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is usual is known by the hour at most: choose shorter steps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it computes in, and by which engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it is about</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it is about ({count})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it is about:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What its users may do, and whose cameras they see. A change counts from the next click on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What names the user&apos;s roles in a token.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What operators do from now on stands here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What operators see on the tab for signing in. Empty: its host name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What people corrected in this time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What people corrected is in the numbers; else they are as measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What people said of numbers that were counted wrongly; it is in the numbers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What stands behind the @ of its addresses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the program counted stays hidden until you are done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was counted in the last moments before CamWatch ended is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was done is being undone …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was drawn since it was last saved would be lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was entered cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was measured is never changed: a correction lies over it, with your name and reason, and can be withdrawn at any time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was really there and what was counted, over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What would be deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you counted is not saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What {value} said of you earlier: it is away, so users and security cannot be managed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What “{breakable}” does next is judged by the new role, also where the user is signed in already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What, and who did what</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whatever you choose, nothing is deleted: the damaged file is kept under another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When a day, week or month is over, its report goes by e-mail as a PDF file. One that was missed, since CamWatch was not running, is sent later and says so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When and why it was down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When it is &amp;on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When it is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When it went into its state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where a camera counted wrongly, such as with a dirty lens, its numbers can be left out; where people were counted by hand, the difference can be added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where a computer has no keyring, CamWatch keeps passwords in an encrypted file of its own: the vault. Its passphrase is asked for once after each start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where else you were signed in, you are signed out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it &amp;is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it hangs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where it hangs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people are – {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people get lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people stood, by their feet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people walk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where people were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the login service&apos;s roles are mapped to this one, nobody is let in by that line any more; change it under “Login service…”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where they differ</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where you are known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether it can count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether it counts too many or too few on the whole cannot be told from this.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether one is kept cannot be told: the keyring does not answer now. Leave this empty to keep what is there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which family of networks it belongs to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which of them is drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which role would it be?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which role would somebody have whose token holds these names?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which wa&amp;y</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While drawing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While it is away, &amp;for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While it is away, only those can sign in whom it let in on this computer shortly before, with the same name and password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While nothing moves, people found before are taken over. 0 searches every picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>While the service is away, users whom it let in before may sign in for so long, with fewer rights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who came in, less who went out since midnight, is so many or fewer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who did what</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who did what, newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who hears when</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who hears when: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who is signed in now, on which computer. A session ends by itself after the time set under “Security…”; disabling a user ends all sessions of that user.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who is to&amp;ld</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who its tokens must be from (iss). Empty: the address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who owns that database.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who passed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who takes care</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who takes care of it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever &amp;turns back within this time counts as nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever listens in the network reads the alerts and can change them on the way. The signature shows a change, if there is a secret.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever listens in the network reads the messages, the numbers and the password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever signed in through it is signed out and cannot sign in any more. Users of this list can. The list of roles is kept, should the service be set up again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever stands in it is left out of every number.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever was told is also told when it is over.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole minutes are stored: the period is taken as the next whole minute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole minutes are stored: what went on within one is estimated.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whom its tokens must be for (aud).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whom mails are from, such as CamWatch &lt;alerts@example.org&gt;. Many servers take only the address that belongs to the user.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whose numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whose numbers: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why did it fire?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why, why not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With &amp;corrections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With a login service, operators sign in with the name and password they have there. Users of this list can sign in all the same: that is the way in for repair.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With another day…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With commas between them. A network is written with its size, such as /24.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With one camera open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With one of these you get in when your device is lost. Each works once. They are not shown again: print them, or keep them where only you can read them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With the same days 4 weeks ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With the same days 52 weeks ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With the same days last week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With the time before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With this model nobody is counted; pictures are shown all the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With&amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw a correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw a correction of counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdrawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Within</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without it, cameras that need a password wait. All others run, and you can unlock the vault later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without rules nobody is told of anything.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without “See the cameras” most of the rest cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wor&amp;king hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wor&amp;kstations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workstation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workstation that counts {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workstations that share it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Worse than that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Would have fired {times}{night}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Would never have fired.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Would not have fired, but less than a day is stored.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write it anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the file anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the file of the history anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the file of the history anew now?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrong passwords in a row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>YOLO, end to end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are signed in as {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are signed out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can close this window and do something else: the recording goes on, and this page tells when it is ready to be counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can draw all the same; check it once there is a picture.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You can paste a whole address; it is taken apart for you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You count people in pictures spread over hours: little work, and all kinds of light.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You did not wait for the answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You did not wait for the end, so nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You get a one-time code to pass on. The user signs in with it, and then chooses a password that only the user knows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have no role in CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not do this yourself, so you cannot give it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not {permission_words}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You press a key each time somebody passes, in or out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You say how many people are in view while the recording plays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You see</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You see how right the numbers were, and where they were wrong.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You see no sites yourself, so you cannot choose among them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You watch the recording as slowly as you like and count by keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your cameras are counted meanwhile, as they were set up last. The counts wait on this computer, and are saved in their order when the server is back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your device is set up, and you are signed in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your marks over time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your password alone lets you in then. Your device&apos;s codes and your recovery codes end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your password is changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your password was right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your password was right. Now your device&apos;s code.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your password, your second factor and your role are kept by {name}. Change them there; CamWatch holds none of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role does not allow this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role does not let you add or export cameras. An administrator can give you another role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role does not let you change how people sign in. Ask an administrator to do it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role does not let you change rules.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role does not let you see cameras, counts, alerts or audits. An administrator can give you another role; what you may do is under “My account” in the menu at the top right.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role does not let you trust certificates. An administrator can give you another role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role does not let you {what}. An administrator can give you another role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role has changed, and does not allow everything that is shown here any more. Sign out and in again to see what you may do now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role lets you see the audits, and not make any. An administrator can give you another role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role lets you see the cameras, and not add, change or remove them. An administrator can give you another role.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role needs a second factor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your role needs a second proof that it is you: a code that your device makes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your session has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zone {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom in, zoom out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom out (-)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom the lens in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom the lens out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a camera that is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a camera that you see</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a chunk of the PNG has a wrong checksum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a chunk of the PNG is cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a description of {text} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a last resort that counts poorly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a phone number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a picture is counted {pace_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a play list; an MJPEG stream&apos;s address is needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a popup opens wherever somebody is signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a single picture; a video stream&apos;s address is needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a site that is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a sound plays wherever somebody is signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a step of “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a text message goes to {to}{by}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a video stream; a snapshot&apos;s address is needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a web page instead of a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about those held back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {value:.1f} million</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {value} minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {value} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>acknowledge and shelve alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>acknowledged it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>add, change or remove cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>added to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>after </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>after {whole} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>alert {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>alerts not proven yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>alerts proven {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all connections of this CamWatch are at work</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>always</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an address that cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an alert was open already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an e-mail address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an e-mail goes to {to}{by}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an empty answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an older copy had been put back, or entry {known} replaced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an unforeseen error, {error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an unforeseen error; its number in the log is {error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and {left} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and {more} more; “Copy text” has all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and {value} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>anna@example.org
ben@example.org</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another device answers at its address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another device answers in its place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another history was being moved to {place}; go on with that one, or empty it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another one of these cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another program uses it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another workstation counts it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are fewer than the truth says: no {index}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are missing from the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are missing, and so is every other truth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are missing; a role needs one at least</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are missing; choose one at least, or all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are missing; name one, or ask all to answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are more than {most_networks}; search them one after the other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are needed: choose at least one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are needed: choose one at least</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are needed: tick one at least</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are needed: with none of them nobody would be told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are needed: write one address at least</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are needed: write one at least</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are not above 0 and up to {longest:g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are not from 0 to {most_people}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are not from 1 to {most_pictures}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are not from the recorded time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are not in order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are not in order of time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are not those of the same recording and truth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are of another place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are {count} spots, more than {most_spots}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are {count}, more than {most_places}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>are {count}, not {fewest_points} to {most_points}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>arrows {key} {corner}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as corrected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as many people are counted as there are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>asked every {interval_s:g} s instead of every {set_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>asks for an input of {dimensions}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>asks for an input of {width} x {height}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at any time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at least </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at most </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at {back_at:g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>at {clock_time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>audit how right the counts are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>audit {uid}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>audited {audited}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>authentication failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>beep of the desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>begin before the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>belongs to another device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>belongs to another user of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>belongs to the host&apos;s own administration</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>beyond its limit{limit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by 15 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by 5 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by month</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>by {actor}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>camera {camera_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>camera {missing}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>camera {shown}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cameras, sites and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>camwatch: {words}
</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be added: there are {most_plans} already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be changed of a role that is always there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be changed: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be copied to {own}: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be decoded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be like this: in step {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be like this: in step {number} the {field} {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be loaded: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be named “{shown}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be played by this program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read ({error})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read at {name}; write $$ for a dollar</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read from line {number} on ({error}); look for a quotation mark without its partner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read: {text!r}; write them like 192.168.1.0/24</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be read; write it like http://10.0.0.7:8080/snapshot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be recorded in {own}: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be run: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be run: {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used: it holds no certificates, or cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used: it {problem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be used: {host} {problem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be written like this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be written like this before the @</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be written: {file}: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot be written: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot hold about {rows:,} rows: a workbook takes {xlsx_most_rows:,}; choose CSV or Parquet, longer steps or a shorter time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cannot tell: pass over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>certificate file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>certificate verify failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>change how people sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>change rules of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>changed who takes care of it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>checked {astimezone:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>choose the model that counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>closed it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>closed without an answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>closed, as it was over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>closed, as they were over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>confirm, next picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>connection refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>consists of too many parts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>correct numbers that were counted wrongly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>could not be read at {places}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>could not translate host name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>countable for {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>counted by CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>counted by the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>counted, but you saw nobody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>counted, pictures kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>counts at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>coverage {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crosses or touches the outer line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMM yyyy, HH:mm:ss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>daily proof</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>database system is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dd.MM.yyyy  HH:mm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>delete a digit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>deleted, nobody counted it for 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>desktop notifications</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>device {device} cannot be opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dim light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not begin at 0 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do not belong to an audit of {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>do this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not exist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not exist (any more); choose another one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not lie behind the outer line, as its arrow points; swap in and out of one of the two lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not match host name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not support ssl</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not take colour pictures: its input is {shape}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not take one colour picture at a time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>down to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drag {drags}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>draw lines and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>e-mail address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>e-mail to {to}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>each Monday at {hour:02}:00</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>each day at {hour:02}:00</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>each recipient</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>enclose (nearly) no area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ends the process that runs it (code {returncode}), so it is not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every {interval_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every {time_left}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>every {value:.0f} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>failed to resolve host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fingerprint {scene_key}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fits only a line or a gate: nobody passes anything else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>five more, five fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for 1 hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for 15 minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for 8 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for ever</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for {age}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for {whole_span}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>given up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>given up: not delivered in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gives no usable result: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gives text instead of numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gives “{name}” a role that is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>had a password that was left out of the list; write it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hand-over of {who}, {made} · times in {key}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hardly worth it here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a column “password”; take it out: each user gets a code for the first sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a field without a proper number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a host that {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a line whose name cannot be one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a list of more than {most} numbers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a name of {count} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a name that cannot be used: letters, digits, dot, dash, at most 64</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a name that is a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a name that is not text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a number of more than 64 bits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a part of more than {most_directions} directions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a part of {dimensions} values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a part that is a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a path that cannot be one, such as // or ..</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has an input or output that is no tensor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has an input or output whose name is not plain text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has an input that CamWatch does not know: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has another address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has characters that cannot be sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has characters that cannot be shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has characters that cannot be stored, or is too long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has inputs that CamWatch does not know: {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has its colours last, for which ONNX Runtime must be installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has more than {most_columns} columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has more than {most_lines} lines; split it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has more than {most_ports} inputs or outputs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has more than {most_rows} cameras; split it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has more than {most_rows} users; split it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no camera below the names of its columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no column “address” (or “host”, or “device”)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no column “name”; its first line must name the columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no column “{name}”; its first line must name the columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no domain behind the @, such as anna@example.com</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no inputs or no outputs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no output {unknown}; it has {outputs_said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no picture that can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has no user below the names of its columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has not been tested and accepted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has several inputs, for which ONNX Runtime must be installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has the column “{name}” twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has the name of a model that is there already: {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has too few outputs for the family {family}, which needs {fewest}: {outputs_said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has version {version!r}, not {version2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has {gone} that no longer exist; choose anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has {isoformat} twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has {length} characters, {longest} are the most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has {shown}, which is no field; did you mean ${close}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has {shown}, which is no field; write $$ for a dollar sign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have a number in a random sample, and only there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have one that concerns all sites, so choose all: {named}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have other addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have the same name twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>have {count} that no longer exist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>held {lasting} of {lasting2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>history check</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hold something that is no fingerprint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds a character that cannot be shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds no certificate in PEM form</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds no clip: there is no file NAME{ending}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds no {description}, so it is no recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds only certificates that have expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>holds “{name}” twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hour of where people were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hour or day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hours and days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hours of where people were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in and out are not counted, for it is not known when the pictures were taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in and out are not counted: people move by {speed:.1f} of their own widths a second and are not found in {hidden:.0%} of the pictures, for they hide each other or look small or dark; a view from higher up would help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in and out are not counted: people who move by {speed:.1f} of their own widths a second{hidden} need {needed:.1f} pictures a second or more, and there are {rate:.1f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in and out are not counted: {lost:.0%} of the people who were found could not be followed; more pictures a second, or a view in which people are smaller, would help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in its memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in or out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in the file of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in the last 24 hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in the last 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in the last 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in {came} out {left}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in, the other time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>information and warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>inwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is (nearly) the same point as the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a Keras file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a SavedModel of TensorFlow; freeze it to one graph</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a TensorFlow Lite file{export}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a ZIP or PyTorch file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a compressed file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a link to another folder, which is not followed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a local address ({local})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a pickle, which can run any program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is a workbook or an archive; save it as CSV in the spreadsheet program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is about no part of the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is already used by another camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is already used by another report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is already used by another role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is already used by another user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is already used by another {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is already used by {by}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is always there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is before the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is being recorded already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is below 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is below zero</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is damaged ({error})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is damaged or of another kind: a field is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is damaged, or was changed by somebody else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is damaged: a number is cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is damaged: its end is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is damaged: its head was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is easy to guess: it is mostly your user name, a name of this place, or words that are tried first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is easy to guess: it is one of the passwords that many people use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is easy to guess: it is put together from common words, names, dates or keys side by side; please add another word or two</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is given in the address and in its own column; leave one of them empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is going on already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is going on already; {actor} began it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is gone; choose another one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is in the future</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is in the local network and not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is in the local network; allow that if it is meant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is kept by the login service; please change it there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is kept for CamWatch itself; please choose another one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is kept on a database server, which makes its own copies; ask whoever runs that server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is larger than 1 MiB, so it is no list of certificates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is larger than {value} MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is longer than {longest_comment} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is longer than {longest_name} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is longer than {longest_url} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is longer than {longest} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing; a password needs one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing; write it behind the address, or into the column path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is more than {days} days ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is more than {value} days away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is named for passages, and for nothing else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed by the role {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed by this gateway</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed with SMTP_PASSWORD</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed with SMTP_USER</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed with a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed with a user name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed, or a phone number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed, or how many passed outwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed, since a header has {secret}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed: a number of the account, or its messaging service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed: choose the e-mail channel to send with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed: others must know why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed: the domain behind the number, such as sms.example</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed: whoever takes over must know why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is needed{hint}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is neither a host name nor an address such as 192.168.1.20</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is nested too deeply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no Caffe model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no ONNX file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no PDF file, or is too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no address of a computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no address of a device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no address, such as {example}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no country in two letters, such as DE</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no domain, such as sms.example</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no domain, such as sms.example.com</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no file that can be read here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no frozen graph of TensorFlow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no number that could be called; count its digits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no phone number, such as {example}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no section</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no text file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no time zone; write it like Europe/Berlin</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is no way that there is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is none of {names}{export}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is none that there is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not JSON ({error})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not TOML: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a UUID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a complete address, such as 192.168.1.20</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a complete address; write all four numbers, such as 192.168.1.20</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a host name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a text file; save the list as CSV, in UTF-8</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a vault of CamWatch, or its beginning is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not a whole JPEG file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not above zero</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not an address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not being set up; please begin anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not counted now, so there is nothing to audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not currently accepting connections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not permitted to log in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not possible here: a demonstration sends nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not switched on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not there any more; put it back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is of ONNX Runtime&apos;s own format; export it to ONNX</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is of a kind that CamWatch does not recognise. For a picture of {input_wh} x {input_wh2} pixels it gives: {outputs_said}. Write a file {sidecar_name} beside it that names its family, see “Your own model” in docs/models.md</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is of another kind than the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is of another recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is of the family {family}, whose boxes are always in one unit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is one too many: there are {most_roles} roles already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is one too many: there are {most} already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is one too many: {most} share this history already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is only a pointer to the file (Git LFS)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is passed both ways, which this form cannot tell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is past</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is refused by OpenCV ({said})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is refused by OpenCV ({said}){advice}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is refused: {problem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is set up by the environment variables SMTP_HOST and so on; change those</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is something else</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is still running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is the one you have now; please choose another one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is the only one in a group that a step of {quoted} tells; change that first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is the only one in a step of {quoted}; change that first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is the usual one, which is always there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is there twice in a row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is this computer itself and not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too far away: more than {most_buckets:,} points; choose longer steps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large for a list of users: 1 MiB is the most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large for a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large for a recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large to be a vault</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large: {value} MiB of at most {value2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too large; it grew while it was read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too long for a name and an address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is too long or has invisible characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is unknown; did you mean {close}?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is used by {names}; change that first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is used by {names}; give them another plan first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is used by “{name}”; change that first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it answers on this computer, port {port}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it asks to be tried later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it broke off the connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be reached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be started: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be understood</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it closed its output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it did not answer in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not say whether a token holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not speak HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it ended with code {code}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it failed too often and rests</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it had not held long enough</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it has an error of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it holds no name that can be shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is busy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is compressed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no JSON</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no JSON object</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not plugged in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not set up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is posted nowhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is posted to {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is signed with another key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is {state}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it leads elsewhere, where CamWatch does not follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it made no sense</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it may not be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it offers no encryption, so nothing was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it offers no video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it only knows a version of TLS older than 1.2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it points to another address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it refused the connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it refused the message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it refused to let CamWatch sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it refuses the connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it refuses the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it refuses this user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it reports a fault of its own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it says that it is gone for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it sends a web page instead of a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it sends no JPEG or PNG picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it sends nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it sends us elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it shows none that is trusted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it wants the password in the clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it wants the password unencrypted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was broken off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was not waited for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its ONVIF service is set to plain http, which its password is not sent over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its address is not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its address is not permitted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its address may not be asked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its address would hold a password for everybody to read, so it is not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer defines entities</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer is compressed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer is larger than 64 KiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer is not HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer is not XML that can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer is out of bounds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer makes no sense</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its answer to {what} is none of SMTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its certificate has expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its certificate is another one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its certificate is not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its certificate is not to be trusted, so nothing was sent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its certificate is not trusted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its certificate was changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its e-mail channel is gone or switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its file has ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its file is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its file is gone; install CamWatch again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its key set cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its kind of video is not understood</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its line has more cells than there are columns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its name cannot be one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its name is not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its name is not known in the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its name was not found in the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its network cannot be reached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its password cannot be read now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its password is locked away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its password is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its picture needs too much memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its pictures are damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its pictures break off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its refresh token cannot be one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its sign-in is not known here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its sign-in is not known here: Digest {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its stream stands still</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its stream stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its user may not see pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its video is {told}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its video needs more than is granted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its {claim} is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>joined the sound that is being played</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>just now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>keeps its weights in another file, which is not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept quiet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kept {kept}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>known for {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>last picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lasted {age}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>left alone after many failures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>less than 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>less than half measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lies before the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lies in the future</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>line {line}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>line {line} of this list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lines and gates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lines or gates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>lines, zones or masks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>looking at {host}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>made it more serious</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mail server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>make edges that cross or touch, from corner {crossing} and from corner {crossing2}; go round the area in order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>manage users and roles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>manage where and how long the history is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be read by other users of this computer (its mode is {mode:04o}). Make it yours alone (chmod 600), and change its passphrase, for they may have copied it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be {most_addresses} at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be {most_fields} at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be {most_headers} at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may be {most_steps} at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may do what you may not do yourself: {replace}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have a name of {longest_name} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have neither ? nor #</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have no #</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have no blanks, backslashes or invisible characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have no extension; text messages cannot reach one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have no line breaks or invisible characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have no {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have only letters, digits and . _ - @, and no blanks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have only plain letters and no line breaks in {name}, at most 1,024</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have only plain letters behind the host; encode others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have only plain letters, as it stands in a header</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {longest:,} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {longest_address} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {longest_comment} characters; it has {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {longest_name} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {longest_password} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {longest_secret} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {longest} characters at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {most_addresses:,} addresses each (a /22), and {network} has {num_addresses:,}; search it in parts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {most_chosen:,} cameras and places at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {most_exceptions} exceptions at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may have {most_lines} lines at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may name only one address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may not hold a user name or a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>may not set {name}; Authorization and names with X- before are allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean {mean:.1f} · peak {known:.0f} · {coverage}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean {mean:.1f}, peak {most}{peak:.0f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean {mean:.1f}, peak {peak:.0f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean {mean:.1f}, peak {peak:.0f}, coverage {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message in the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mixes alphabets whose letters look alike; please use only one of them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more in than out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more out than in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more than {max_bytes} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more than {max_file_bytes} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more than {max_scans} scans</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>more, fewer than usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>move cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be 0: what is excluded is unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be 1 to {longest_name} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be 1 to {most_ports} whole numbers from 1 to 65535</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be STARTTLS with port {port}; TLS usually has port {tls_port}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be TLS or STARTTLS; nothing is sent without encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be TLS with port {tls_port}; STARTTLS usually has port 587</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be [width, height], each 32 to {longest_side}, or &quot;dynamic&quot;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a SHA-256 fingerprint of 64 hexadecimal digits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a UUID</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a number of seconds, such as 1 or 0.5</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a number such as 0, or a device such as /dev/video0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a plan that is there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a role that stays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a whole minute</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a whole number from 1 to 65535</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a whole number from {least:,} to {most:,}{behind}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a whole path from the root, such as /home/cam/door.mp4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be after the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be an e-mail channel that is set up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be an e-mail channel that is there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be at least a day, or for ever</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be at most {longest_days} days after the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be cameras or sites: this is about whole cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be either cameras, or lines, gates and zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be empty: this is about the program, not about cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be entered again, because the address changed: the old one is not sent to another device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be entered again, because the address or its certificates changed: the old one is not sent to another place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be from 1 to {most_days}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be from {least:,g} to {most:,.0f}{behind}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be from {shortest_s:g} to {longest_interval_s:g} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be from {value:,} to {most_people:,}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be information, warning or critical</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be later than the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be named with its whole path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be on this computer, not on another in the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be on, unless it is told that CamWatch is alive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be one address; make a recipient of each, or a group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be one name or address, without a port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be one of {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be private, and {network} belongs to the Internet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be the SID of the account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be the account&apos;s SID, such as AC and 32 digits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be the address of a PostgreSQL database or of an SQLite file, such as postgresql://user:password@host/database or sqlite:////srv/camwatch.sqlite3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be the name of a server, such as mail.example.com</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be three letters, such as EUR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be tls or starttls; nothing is sent without encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be yes or no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be {threshold:,} or fewer: above that there is no alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be {threshold:,} or more: below that there is no alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must begin with + and the country, such as {example}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must begin with https://, so that nobody can listen in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must have a time zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must have plain letters before the @; not every server of a recipient takes others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must have seven days of 48 half hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must have {shortest_secret} characters at least, so that nobody guesses it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must name an interface behind %, such as fe80::1%eth0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not be below /{parts}, where the system keeps no recordings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not be empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not be in the future</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not be shorter than {days} days, for which {what} are kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not be this computer&apos;s own: {network} is local</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not contain #; if it is part of the password, enter the password in its own field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not contain ?; put the query into the paths</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not contain a backslash or #</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not contain a colon; sign-in over HTTP cannot carry it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not contain control or invisible characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not contain spaces or backslashes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not hold the secret of {name} itself; write $secret in its place, and the secret into its own field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must not hold the secret of {name} itself; write {secret} in its place, and the secret into its own field</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must start with /</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must start with http:// or https:// to be a snapshot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must start with http://, https://, rtsp:// or rtsps://; other kinds are not read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>muted on this workstation until {muted_until:%H:%M} UTC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name ${unknown}, which is not known; known are {known}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name or service not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name resolution</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name {key}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>name {name} twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names a role that is gone; choose another one there, or remove the line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names no host</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>names no host, such as {example}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>need a value for {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>need names, and may have no invisible characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>need one with ${needed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs ONNX Runtime, which is not installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs about twice its own size of free room on its disk to be written anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs at least one that is ticked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs at least {shortest} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs exactly one @, such as anna@example.com</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs its .prototxt file of the same name beside it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>needs more memory than this computer has now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>neither JPEG nor PNG</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no address associated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no alert at {people} people, though one is enough</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer in time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer within {limit_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no answer{where} within {timeout_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no connection within {connect_timeout_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no encrypted connection came about</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no more pictures came</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no number is named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no password on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no password supplied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no pg_hba.conf entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture at this path</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture for {limit_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture in {rubbish} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture of this video can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture within {limit_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no process could be started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no reason was given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no recipient is named</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no secure connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no such file or directory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no video came that can be decoded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no {precision} model {name} for {runtime} is listed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no. {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody came</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nobody was found, and {truth} people were there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none was measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not at all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not audited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not before {value:.0f} s have passed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not judged: unknown is not zero</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not known now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not named yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not needed any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not over yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not searched for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not seen for {}: its sites are not counted now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not told</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>noted a return</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>noted that it is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing answers at its address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing came of it within {seconds:.0f} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing can be recorded now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing is stored of this moment{when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing was known at this moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>nothing was sent about it up to then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>notification of the desktop, message in the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>number of people unknown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>number {alert_number}, raised {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>number {key} {corner} {axis}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of the truth is {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off all day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off at this hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on all day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on at this hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on its disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on the 1st of each month at {hour:02}:00</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on the screens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on {day_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on {host}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one more, one fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one of the alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one such hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or the brightness are not from 0 to 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>outwards</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>over since {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>over {value:.1f} hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>over; last told {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>packed as {encoding}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>page {value} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>part</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>parts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>parts of the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>parts of the picture are damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>password authentication failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people are not counted now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people in random pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people in the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people in view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people in view, on average</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people on average</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people passing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>people who passed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>permission denied for database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>person</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pg_hba.conf rejects</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>phone number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>picture back, next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>picture by picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>picture of an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>picture {index}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>picture {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pictures came, but they were not counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pictures of alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>place {place_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>play and pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>point {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>popup on the screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>quarter of an hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>quarters of an hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>raised it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>raised the alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>raised {age} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading its stream broke off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reads other files ({operator})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reads other files or runs programs ({text})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ready to count</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>really there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recorded, but no pictures came</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recording, nearly done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recording, {time_left} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>recovery code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refused for good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remaining connection slots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>remote:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repeats itself; please add other words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>repeats the same few characters; please mix in others</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>right; with a certainty of 95 % it is {between}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>root certificate file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>runs out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>save pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>saved {clock_time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>scores from {threshold:.2f} on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>searched for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see how right the counts are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see the cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see the counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see what happened to the cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>see who did what</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sees sites that you do not see yourself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sending over {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>server does not encrypt from the first byte here; it may with STARTTLS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>server offers no encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>server offers no encryption: {smtp_code} {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>server offers no sign-in with a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>server takes plain letters only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>set up whom alerts are sent to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of the time in which passing could be counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of the time that was measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of the time that was measured, of all together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shelved by {shelved_by} until {moment}: {shelved_why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shelved it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>shown by CamWatch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>since it was drawn at {since:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>since it was first watched on {day_text}, {local:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>since {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>single measurement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>single measurements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>single pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>site {site_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>so many people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>some missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>somebody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>somebody goes in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>somebody goes out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>somebody knew already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>somebody who is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>state not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stretch of five minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stretches of five minutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>switched off in its settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>switched off now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>take back the last</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>take numbers out as files and reports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>takes away {value:,}, but only {there:,} were counted in this time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>takes too long to be loaded and run once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>takes values of an unknown type ({element})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>takes {shape} pictures at once; export it for one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>takes {width} x {height} pixels only, not what {sidecar_name} says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tells nobody</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tells {classes} classes apart, and CamWatch cannot know which one is the person; write its number, from 0, into {sidecar_name}: person = 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text message to {to}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>text messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>that it is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PNG decoder failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PNG decoder gave no picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the PNG has too many chunks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the alert was put aside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer is not HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer is not ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer is not RTSP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer is not SOAP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer to {action} is not ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the answer was not complete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the audit {uid} cannot be read: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the camera cannot be moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the camera cannot do that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the camera cannot see</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the camera closed the stream</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the camera gave no reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the camera has no ONVIF</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the camera offers only Basic sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the certificate of port {port} is not trusted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the channel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the connection broke off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the cool-down was not over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the copy needs {value:.0f} MiB and {value2:.0f} MiB to spare, and {value3:.0f} MiB are free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the day before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the default site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device does not tell which of its views this is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device has no media service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device has no such service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device has no video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device names a {scheme} address for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device names no address for it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device refused the call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device&apos;s address {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the device&apos;s {problems}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the disk of {parent} is nearly full; the export was given up so that saving can go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the drill is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the encrypted connection fails</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the end is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the environment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file audit-head.json was gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the file of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the greeting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the handshake failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the header has too many parts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the header is cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the header is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the header names no size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the keyring, which is locked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the lens is covered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of models is damaged: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of own models cannot be read: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of own models is damaged: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the list of own models is too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the log ended before entry {known}, which had been the newest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the log had been tampered with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the login service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the mail</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model file cannot be read: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model file is damaged or was changed: its SHA-256 is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model file is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model gave no usable result: {error}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the model gives {shape}, not {expected}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the month before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the name is not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the newest {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the note of the newest entry had been changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the notification service cannot be used ({name})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the notification service does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the number of people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the number was between the limit and where it is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the other pictures are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the other time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture broke off on the way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture has another shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture has another shape than before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture has too many pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is black</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is built oddly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is cut off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is far too bright</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is frozen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is out of focus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is too bright</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture is too small</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the picture&apos;s file is too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the recording has come to its end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the report “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the rest of the recording is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the rule</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the rule is not about this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the rule is switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the rule was off at this hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the same picture again and again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the same picture over and over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the search for far people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the sender</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the server {host}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the session</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the sign-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the site</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the site becomes “{value}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the size of the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the smoothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the start of encryption</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the stream broke off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the stream ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the threshold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the user name becomes “{username}”, and each keeps its password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the vault&apos;s passphrase</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the week before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the window is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the zone on the ground</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no access token in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no notification service</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no picture at its address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no picture in this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no such file or folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no way to it in the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is too little room: about {megabytes} are needed and {megabytes2} must stay free, but {folder} has only {megabytes3}; delete or move files, or choose another folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there was too little history to know what is usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>they are asked as “{username}” with the new password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>they are switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>they are watched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this cannot be read: {strerror}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer allows no more processes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer cannot keep up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer decodes its video too slowly</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer grants no more threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer has no network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer is too busy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer slept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer was asleep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this file is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is a link to itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is neither a file nor a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is neither a picture (JPEG or PNG) nor a video that can be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this is not read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this session has no D-Bus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this user may not do that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this {problem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>timed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>timeout expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to {shape} by {shape2} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>today {said}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>told the next ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too few</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too few to say</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too little to say</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too many alerts came at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too many clients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too many connections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too many connections are open here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too many notifications wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too slow to count who passes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>took it off the shelf</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tried again {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>two of its keys have one name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>u-turn {key}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>under 1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unexpected answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unforeseen error {error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown, not zero</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unsure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until {until}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until {until} by {actor}: {shown}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until {until} by {by}: {shown}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>user name and password are taken away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>user name or password refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>user {owner}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>user {user_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>volume is 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for the first picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waiting for the keyring or the vault</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was changed after it had been tested; test it again if the change is wanted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was changed while it was tested</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was changed: it asks for more memory or time than any vault needs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was written by a newer CamWatch; install that one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>webhook that is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>webhook {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>week of {day}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>went in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>went out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what is to be left out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what it watches for did not happen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what runs the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>where its pictures are, is not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>where its stream is, is not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>within {key}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>workstation {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>worth it here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>would become too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>would tell {count} in {where}; one message has {most_addresses} at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wrong passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>you saw it, the program missed it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{about}
Until then it tells nobody, and does not escalate. Everything about it is still recorded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{about} This one is followed by all rules that name no other.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{about}, {bad} not fit yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{about}, {count} corners.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{advice} It names {redirect}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{age} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{alerts_left_out:,} more were raised; they are in the inbox.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{alerts} selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{amount} people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{announced} bytes, at most {max_bytes}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{at:%a %d %b, %H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{attempts} attempts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{audited} of {cameras_words} audited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{author} excluded this time from the numbers: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{bad} of {users} {verb}, so nobody can be added yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{begin} to {date} {year}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{begin} to {day_text}, {end:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{begin} to {day_text}, {last:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{begin} to {end:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{begin} to {last:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{between}{elsewhere} counted elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{between}{off} switched off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{between}{value:.0f} % analysed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{busy:g} is not from 0 to 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} are being added …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} can be added, {bad} {verb}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} followed to the new address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} of the list {verb}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} {verb} added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words} {verb} added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras_words}, {live} live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} at {places} fail together too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} is not from 1 to {most_cameras}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} with a bad view</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} {verb} for a password. {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{cameras} {verb} for {what}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{capital} is in use ({said}). Wait until it is done.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{chore} failed: {reason}. It is tried again. “History and storage…” in the operator menu tells more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{clock_time} on {day}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{clock_words} of {duration}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{clock}  You: {people}, the program: {shown}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{clock} to {clock2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{copy} is no sound copy of a history ({detail}), so nothing was changed. Choose another one; “camwatch db backups” lists them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} alerts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} alerts of the rule “{rule}” were held back, so that you are not flooded:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} more alerts of the rule “{rule}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count:,} {name}s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{counts} {verb} on this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} alerts that nobody has seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} are checked, and there is room for {most}: please uncheck {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} bytes, at most {max_bytes}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} cameras</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} found by {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of {count2} audited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of {count2} cameras audited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of {most} checked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} other places</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} passwords are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} rows refer to others that are not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} sites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} unacknowledged, the most serious {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} unusual {several}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} users</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} {word}s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{coverage:.0%} of the time was measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{date} {year} to {date2} {year2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day:%a} {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{days} days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{days} days from now at most.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{days} days {hours} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{days} to {day_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{days}, {hour}:00 to {value}:00</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{days}: unknown. Nothing was measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{days}: {amount} people on average over the day; busiest from {busiest}:00 to {value}:00 with {amount2}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} to {day_text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {local:%b %Y, %H:%M:%S} ({zone})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {local:%b %Y, %H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {local:%b %Y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {local:%b}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {months}{year} to {until}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day}, {start:%H:%M} to {end:%H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{deletes} This cannot be undone, but by a copy that was made before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{detail} to {where}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{detail}, and no user name is set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{detail}, which {problem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{devices} is the same device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done:,} of about {count:,} rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {cameras_words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{doubtful} of the audits may not hold any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ends_early}: an older copy of the history was put back{with_note}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ends_early}: {which}{which2} {was} cut off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{entries_words} {word} saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{entries} of an older CamWatch {are} protected only since the update.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{entries} {word} written without a key, as no keyring answered. Of them, changes by accident are found, changes on purpose perhaps not.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{error}
Error number:
{error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{error}. The server was not changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{failed} of {count} steps did not go as they should.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{failed} of {count} {channels} did not work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{failures} wrong passwords</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{fewest} to {most}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file!r} is no name of a recorded picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} cannot be opened ({detail}). Check that its folder exists and is connected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} holds a history already; name a new file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is a database of another program, and is left as it is. Move it to another folder, or choose another file or profile for the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is closed because CamWatch ends.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is damaged, missing or not a database ({detail}). Start CamWatch, which offers what can be done and deletes nothing; “camwatch db” does the same without a window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is in a place that cannot hold a live history (journal {mode}), perhaps a network drive. Choose a folder on a disk of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is on a network drive ({kind}), where a file that several programs use is damaged sooner or later. Choose a folder on a disk of this computer; for a history that several computers share, use a PostgreSQL server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} may not be written ({detail}). Allow your account to write this file and its folder, or choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} was deleted, moved or replaced while CamWatch is running. Put the same file back; to use another one, restart CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} was written by a newer CamWatch: its schema is {present}, and this CamWatch {version} knows schemas up to {head}. Start the newer CamWatch, or put a copy of the history from before the update in its place.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{first:%A} {day}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{first:%B %Y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder}: only {value} MB are free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{found} of {known} people found{wrong}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{fps:g} is not from {slowest_fps:g} to {fastest_fps:g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{has} They get another one at the same moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{host} leads to {end}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours:g} of 168 hours a week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours} h {minutes:02} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{how}: held back, so that it is not flooded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{how}a password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{inwards:+d} in, {outwards:+d} out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key} ({local:%Z}, UTC{offset}:{offset2})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{key}, UTC{offset}:{offset2} at the start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kinds} to {to_words}. {state_words}. Due {whole_moment}, tried {times}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kind}
{size}
{rate:.1f} pictures a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kind}, cannot be saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{known} in the list already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{lasting} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{latency_ms:.0f} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{least}{people:.1f} people, coverage {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{left_s} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{live} of {cameras} live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{local:%a %d %b, %H:%M:%S}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{local:%a} {day} {local:%b %H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{local:%d %b %H:%M}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{long} of history; of the time in which the rule is on, {percent} could be judged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{looked} {are} to be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{low:.1f} to {high:.1f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{low} to {high}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{made_by} counted {about}, recorded {moment}.{comment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} at {count:,} cameras{common}: {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} at {where} {do_not} answer since {since}: probably the recorder there is off or restarts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{many} of {where} {do_not} answer since {since}: probably the switch or recorder there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{mean:.1f} people on average, at most {peak}, {share} of the time known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{mean} on average in this minute, at most {most}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{mean} people on average</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{messages} waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{messages} {wait} for it, and will be tried again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min {rest} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{missing} more character{word} needed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{model}, {precision}, run by {runtime}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment:%Y-%m-%d %H:%M:%S}.{value:03d} UTC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment} by {by}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment} by {made_by}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment} to {moment2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment} to {moment2} ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{moment} to {moment2} ({length})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{more} more alert{word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ms:.0f} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} and {value} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{named} {verb} switched off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {found}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {told}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{names} and {value} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (copy)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (environment)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (group)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (no {what})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (removed)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (usual)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (you)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} failed: {trouble}. It is tried again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is chosen, but not used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is not in the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is not one of {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is switched off, so this step tells nobody now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is there twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, as long as it is held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, enter your password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {size}. This cannot be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: cannot be saved yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: in and out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: nobody could be counted today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: people in the zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: slider</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: switched {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}: unit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{not_before:%Y-%m-%d} to {not_after:%Y-%m-%d}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{not_known}: it was not watched</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} counts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} entries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} h {value:02d} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} in the keyring now; the vault is deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} in, {number2} out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} made no sense</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} of them in its memory only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} of {interval_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} of {number2} addresses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} of {pictures}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} people</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} places</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} rows wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} rows were saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} saved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} sites have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} {day:%B %Y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} {day:%b %Y}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} {more} since midnight{limit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number} {noun} to be asked, about {about}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number}, audited {audited}{old}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{one_line} takes care of</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{only}{number} {way} within {time}{limit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{parts} parts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be opened; another program may use it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} may not be used by this user</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} counted in this picture alone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} in it now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} recipients together</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people} {word}, from 1 on it raises an alert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{people}, {than} than usual at this hour{limit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{places} has the same address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{places} was changed by something other than CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} cannot be opened: the server does not know it, or not the user ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} did not do what it was asked in time ({said}). Try again, or ask for a shorter time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} ended the connection ({said}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} has the schema {schema} and not {head}; let this CamWatch open it once, which brings it up to date</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} holds a history already; name an empty database</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} holds no history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} holds tables of another program. CamWatch needs a database of its own, as docs/postgresql.md says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} is damaged ({said}). Ask the server&apos;s administrator to restore a copy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} keeps texts as {encoding}, which does not know all signs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} may only be read ({said}). It may be a standby: use the address of the server that may be written, or have it promoted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{place} was written by a newer CamWatch: its schema is {present}, and this CamWatch {version} knows schemas up to {head}. Install the newer CamWatch on this computer, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{points:+.0f} points</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{problem} and cannot be a camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{problem}; allow local addresses for this camera if that is meant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{recheck_s:g} is not from 1 to {longest_recheck_s:g}, or 0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{removeprefix} (login service)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{rows:,} rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{said} What it costs is unknown, because no cost or currency is entered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{said} {cost} for {whom}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{said}, coverage {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{said}, late</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds:.0f} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds:.1f} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{secret_hint} None is kept now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seed} is negative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seen} walked here so far: too few to tell whether this line is well laid.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{sentence} In detail: {detail}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{sentence} Less than half is known, so take it with care.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{severities}. What you do now is done to all of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{share} against {mean:.1f} {name} {known}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{short} · may not hold any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} and {more} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} instead of {known}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} was shown at that moment: the median of the last seconds. In this picture alone there were {count}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown}{of} messages{newest}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size_bytes} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} bytes, at most {max_bytes}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size}x{size2} has a side outside {smallest_side} to {largest_side}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{smoothing_s:g} is not from 0 to {longest_smoothing_s:g}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{smoothing_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{span} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{speed:g} times the speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{spot}  ·  Spot {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{spot} is no box inside the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{spreads:g} spreads {more} than usual{for_}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{st_size} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{state_word} · {span} ago{still}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{status} to {where}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{subject}, {when}: {what}{what2}.
{author} on {day_text} {year}, {made:%H:%M}: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{suggested:.2f} instead of {present:.2f} fits this camera better</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}
Withdrawn by {withdrawn_by} on {day_text} {year}, {ended:%H:%M}: {withdrawn_why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} (expired)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} (until {day_text}, {last:%H:%M})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} It is {present:.2f} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text} Of its 24 hours, {known} are known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}, Del removes it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}, a double click on an edge adds one, Del removes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}, added up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}. Press to change it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}; what came after it is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{text}; what came after it, until {moment}, is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{threshold:g} is not from {lowest_threshold} to {highest_threshold}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{threshold} or fewer are left inside</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{threshold} or more came in than went out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{threshold} people or fewer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{threshold} people or more{for_}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{threshold} {more} pass {ways} within {lasting}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ticked} ticked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{times} times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}, hours of the week, {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{title}. {whole} (Error {error_id})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{told} As corrected until now: {people}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{told} Then: unknown for these {length}, and a gap in charts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{tolerance_s:g} is not above 0 and up to 60</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{tolerance_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{truth:.0f} people passed, and the program counted {counted:.0f}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{try_later}
Error number:
{error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{u_turn_s:g} is not from 0 to {longest_u_turn_s:g} seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{units} characters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{unusual_text} · usual from the {weeks} before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{upper}{place} may only be read. It may be a standby: use the address of the server that may be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{users} added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{users} can be added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{users} {word} the role “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{users}, {are_open} open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:,.0f} KiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:,.0f} MiB inside the file are free for new rows, but an older CamWatch made this file, and it cannot become smaller by itself. Writing it anew takes {about}; what is counted meanwhile waits and is saved afterwards.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:,} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0%} of {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} % of the people found here in the last 7 days are less than {value2:.0f} % of the picture high: {worth}. A picture takes up to {cost_times:.0f} times as long.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} % of the people here come into sight or are lost right at the line, so they may not be counted. Move it to where people are seen on both sides.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} % of the {number} people who walked here would pass this line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} h</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} kB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.0f} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.1f} GB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.1f} GiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.1f} MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.1f} MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.1f} days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.1f} years</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.2f} people too {word} are counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.2f} too {word}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.3g} times a second</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:.4g} % from the left, {value2:.4g} % from the top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:g} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} ({low} to {high})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} KiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} months</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} of {count}: </source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} to {value2} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{value} weeks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{video!r} is no name of a file in this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{way} ({left_out} more than one message may have were left out)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{way} to {names}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{weeks:.1f} weeks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{weeks} of {least_weeks} weeks of this hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{weeks} such hours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{weeks} weeks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{weeks} weeks; usual are {median:g}, give or take {spread:.1f}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}

Error id: {error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} no longer exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} within {limit_s:g} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} {span} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} {value} of {pages}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}, {ids} instead of {hardware_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}. Paint with the mouse, or with the arrow keys, Space and Shift.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}: SHA-256</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}: the program counted {raw}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}: there is no such hour in this time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}: unknown. Nothing was measured in {of}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}: {people} on average, from {of}, {percent} of the time measured.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when}: {people} there, {people2} counted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{where} nobody has {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{where} the channel no longer exists</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{where} {count} recipients no longer exist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{where} “{name}” is a channel of another kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} does not follow the one before it: one of the two was replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} is not the one that was the newest once: an older copy of the history was put back{with_note} and written on, or the entry was replaced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} not followed: look which one is right, and edit the camera.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} since {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} stands in the wrong place: it was written as entry {number}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} was changed after it was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} was not written by CamWatch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} {is_} missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} {is_} sealed with a key that this computer does not know: written on another computer, or replaced, or the key is gone from the keyring.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole_span} ago</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole}

Charts and exports show what was measured again. The correction stays in the list, with your name and reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole}
Error number:
{error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole}
Error number: {error_id}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole} crossings within {lasting}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{whole} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{who} (this session)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{wide} by {high} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{width} × {height} pixels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{within_s:g} is not above 0 and up to 3600</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} and {left} more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words} another time zone now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{words}, from the {value}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{word} {threshold:.3g} on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{workstation_file} cannot be written: {strerror}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Alerts are posted here”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Right” is 100 % minus the sizes of all errors, divided by the number of people. What stands in brackets is the range in which the real value lies with a certainty of 95 %, if this audit stands for other times. The range widens where errors come in heaps or last for several intervals, and it never claims that there are no errors where none was found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” cannot be changed like this, so none was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is at {host} now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” was found at several addresses: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” would come in with the role “{name2}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” would not be let in: none of the names in the claim “{claim}” is in the list of roles.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
