// A passkey that was not given, or cannot be: say so beside the button instead of nothing.
const trouble = document.getElementById("passkey-trouble");
const say = (words) => {
  trouble.textContent = words;
  trouble.hidden = false;
};
if (trouble) {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    say(
      event.detail.exception?.name === "InvalidStateError"
        ? "This device already holds a passkey for your login."
        : "No passkey was given. Try again, or go on in another way.",
    );
  });
  if (!window.PublicKeyCredential) say("This browser has no passkeys here. Go on in another way.");
}
