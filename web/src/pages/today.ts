/** The day and the time, for whoever had to leave another page in an instant. */
const show = () => {
  const now = new Date();
  document.getElementById("day")!.textContent = now.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
  document.getElementById("time")!.textContent = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
};
show();
setInterval(show, 1_000);
