// Keeps the reader's choice of theme, dark until another is chosen, and hands the palette to the style sheet.
// Streamlit remembers a theme by the page's path, follows the system where it remembers none, and reads what it remembers once:
// so the choice is kept in one place, handed to every path, and a change takes a reload.
const CHOICE = "party-theme";
const TRIED = "party-theme-tried";

// False where the browser keeps nothing: then the system's theme stays.
const remember = (theme, paths, chosen = true) => {
  try {
    if (chosen) window.localStorage.setItem(CHOICE, theme);
    for (const path of [...paths, window.location.pathname]) {
      window.localStorage.setItem(`stActiveTheme-${path}-v2`, JSON.stringify(theme));
    }
    return true;
  } catch {
    return false;
  }
};

const remembered = () => {
  try {
    return window.localStorage.getItem(CHOICE) || "Dark";
  } catch {
    return null;
  }
};

// A wall's URL may ask for a theme: it holds for this path, and changes nobody's choice.
const asked = () => ({ light: "Light", dark: "Dark" })[new URLSearchParams(window.location.search).get("theme")];

export default function ({ data, parentElement }) {
  const { theme, paths, colours, label } = data;
  for (const [name, colour] of Object.entries(colours)) {
    document.documentElement.style.setProperty(`--party-${name}`, colour);
  }

  const wanted = asked() ?? remembered();
  const given = new URLSearchParams(window.location.search).has("embed_options");
  if (wanted && !given && remember(wanted, asked() ? [] : paths, !asked()) && wanted.toLowerCase() !== theme) {
    if (window.sessionStorage.getItem(TRIED) !== wanted) {
      window.sessionStorage.setItem(TRIED, wanted); // once, lest a theme that does not take reloads for ever
      window.location.reload();
      return;
    }
  }

  const button = parentElement.querySelector("button");
  button.textContent = theme === "light" ? "dark_mode" : "light_mode";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.onclick = () => {
    const other = theme === "light" ? "Dark" : "Light";
    if (remember(other, paths)) {
      const here = new URL(window.location.href);
      here.searchParams.delete("theme");
      window.history.replaceState(window.history.state, "", here);
      window.sessionStorage.removeItem(TRIED);
      window.location.reload();
    }
  };
}
