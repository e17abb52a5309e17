// Tells how much room a drawing has: the width of the column that this stands in and the height of the window, in steps,
// so that a map can be laid out for the screen that it is on. Says it again when the room changes.
const STEP = 40;
const PATIENCE = 250; // milliseconds that a window is left to settle

export default function ({ parentElement, setStateValue }) {
  let told;
  let waiting;

  const tell = () => {
    const width = Math.floor(parentElement.clientWidth / STEP) * STEP;
    const height = Math.floor(window.innerHeight / STEP) * STEP;
    const room = `${width}x${height}`;
    if (width > 0 && room !== told) {
      told = room;
      setStateValue("room", room);
    }
  };

  const settle = () => {
    clearTimeout(waiting);
    waiting = setTimeout(tell, PATIENCE);
  };

  const column = new ResizeObserver(settle);
  column.observe(parentElement);
  window.addEventListener("resize", settle);
  tell();
  return () => {
    clearTimeout(waiting);
    column.disconnect();
    window.removeEventListener("resize", settle);
  };
}
