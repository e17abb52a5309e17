// Has the browser keep a cookie for this site and its own pages alone, or forget it where there is nothing to keep.
// Once for each value and tab: drawn again later, it must not undo what another tab has kept since.
const DONE = "party-cookie-done";

const done = (value) => {
  try {
    const before = window.sessionStorage.getItem(DONE);
    window.sessionStorage.setItem(DONE, value);
    return before === value;
  } catch {
    return false;
  }
};

export default function ({ data }) {
  const { name, value, seconds } = data;
  if (!done(value)) {
    const secure = window.location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${name}=${value}; Path=/; Max-Age=${value ? seconds : 0}; SameSite=Strict${secure}`;
  }
}
