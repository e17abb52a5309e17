// What a stage does in the browser: the keys of a keyboard or clicker, the names of the steps, the scale that fits the screen, and
// the pointer that hides. A step that was asked for is shown in the strip at once; the page follows.
const IDLE = 3000; // milliseconds without a movement after which the pointer hides
const HEIGHT = 1080; // what the stage is designed for; another screen is this one enlarged or made smaller
const WIDTH = 1920;

const stages = new WeakMap();

class Stage {
  constructor(root) {
    this.root = root;
    this.sent = 0; // questions so far; an answer to an older one does not turn the strip back
    this.stops = new AbortController();
    const listen = (name, act) => window.addEventListener(name, act, { signal: this.stops.signal });
    listen("keydown", (event) => this.key(event));
    listen("resize", () => this.measure());
    listen("mousemove", () => this.moved());
  }

  update(data, tell) {
    this.data = data;
    this.tell = tell;
    if (data.heard >= this.sent) {
      this.sent = data.heard;
      this.step = data.step;
    }
    this.measure();
    this.draw();
  }

  measure() {
    const zoom = this.data.zooms ? Math.min(window.innerHeight / HEIGHT, window.innerWidth / WIDTH) : 1;
    document.documentElement.style.setProperty("--wall-zoom", Math.min(Math.max(zoom, 0.3), 6));
  }

  moved() {
    document.documentElement.classList.remove("wall-idle");
    clearTimeout(this.idle);
    if (this.data?.zooms) this.idle = setTimeout(() => document.documentElement.classList.add("wall-idle"), IDLE);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const acts = {
      PageDown: () => this.go(this.step + 1),
      ArrowRight: () => this.go(this.step + 1),
      PageUp: () => this.go(this.step - 1),
      ArrowLeft: () => this.go(this.step - 1),
      Home: () => this.ask("reset"),
      w: () => this.ask("play"),
      n: () => this.notes(),
      f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    };
    const digit = /^[0-9]$/.test(event.key) ? (Number(event.key) + 9) % 10 : null;
    const act = digit === null ? acts[event.key.length === 1 ? event.key.toLowerCase() : event.key] : () => this.go(digit);
    if (act) {
      event.preventDefault();
      act();
    }
  }

  go(step) {
    if (step < 0 || step >= this.data.steps.length || step === this.step) return;
    this.step = step;
    this.draw();
    this.ask("go");
  }

  ask(what) {
    if (what === "reset") this.step = 0;
    this.sent += 1;
    this.draw();
    this.tell("asked", `${this.sent} ${what} ${this.step}`);
  }

  notes() {
    const url = new URL(window.location.href);
    url.searchParams.set("window", "notes");
    window.open(url, "party-notes", "popup,width=1100,height=800");
  }

  draw() {
    const strip = this.root.querySelector(".stage-steps");
    strip.replaceChildren(
      ...this.data.steps.map((title, number) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = `${number + 1} ${title}`;
        button.className = number < this.step ? "past" : "";
        if (number === this.step) button.setAttribute("aria-current", "step");
        button.addEventListener("click", () => this.go(number));
        return button;
      }),
    );
  }

  end() {
    this.stops.abort();
    clearTimeout(this.idle);
    document.documentElement.classList.remove("wall-idle");
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = new Stage(parentElement);
    stages.set(parentElement, stage);
  }
  stage.update(data, setStateValue);
  return () => {
    stage.end();
    stages.delete(parentElement);
  };
}
