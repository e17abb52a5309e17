// One entry in the browser's history for one step of the reader's. Streamlit makes more in two cases:
// - It leaves for another page in two: it writes the new query under the old page's path, and then the new page's path. The back
//   button would stop at a view that nobody has seen.
// - What a page that has just been left still had to say comes after the reader has gone back from it, and it is entered again.
// This stays for as long as the window does: such an entry is made while the page, and this with it, is being replaced.
const join = ({ history, location }) => {
  const push = history.pushState;
  let written = null; // the query of an entry that was made under the same path since the reader last did something
  let walked = false; // whether the last thing that the reader did was to go back or forward

  history.pushState = (state, unused, url) => {
    const next = new URL(url, location.href);
    const moves = next.pathname !== location.pathname;
    if (walked || (moves && next.search === written)) {
      history.replaceState(state, unused, url);
    } else {
      push.call(history, state, unused, url);
    }
    written = moves ? null : next.search;
  };

  for (const act of ["pointerdown", "keydown", "popstate"]) {
    window.addEventListener(
      act,
      () => {
        written = null;
        walked = act === "popstate";
      },
      true,
    );
  }
};

export default function () {
  if (!Object.hasOwn(window.history, "pushState")) {
    join(window);
  }
}
