// What a wall does by itself, without anybody at it: the clock, the turn of the scenes, the keys of a passing presenter, the
// pointer that hides, the scale that fits the screen, and a way back when the server was gone for long.
const IDLE = 3000; // milliseconds without a movement after which the pointer hides
const ALARM = [20, 60]; // seconds that an alarm is shown at least and at most; between them, a turn of the scenes
const PAUSED = 600_000; // milliseconds after which a pause that nobody has lifted ends
const LOST = 120_000; // milliseconds without a connection after which the page is asked for anew
const HEIGHT = 1080; // what the wall is designed for; another screen is this one enlarged
const WIDTH = 1920;
const YEAR = 31_536_000; // seconds

const walls = new WeakMap();

const clock = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
const calendar = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", weekday: "short",
});

const connected = () =>
  document.querySelector("[data-testid='stApp']")?.getAttribute("data-test-connection-state") === "CONNECTED";

// Streamlit and React note in the browser how long every run took, and never clear it away: in months that would fill the memory.
const forget = () => {
  performance.clearMarks();
  performance.clearMeasures();
  performance.clearResourceTimings();
};

class Wall {
  constructor(root) {
    this.root = root;
    this.position = 0;
    this.paused = false;
    this.pausedAt = 0; // milliseconds since the epoch
    this.seconds = 0; // that the present scene has been shown
    this.least = 0; // seconds that an alarm's scene is shown
    this.before = null; // the scene that an alarm has interrupted
    this.heard = Date.now(); // when there was a connection last, or the server was last asked without one
    this.alarm = null;
    this.stops = new AbortController();
    const listen = (target, name, act) => target.addEventListener(name, act, { signal: this.stops.signal });
    listen(window, "keydown", (event) => this.key(event));
    listen(window, "resize", () => this.measure());
    listen(window, "mousemove", () => this.moved());
    this.timer = setInterval(() => this.tick(), 1000);
    this.moved();
  }

  update(data, tell) {
    this.data = data;
    this.tell = tell;
    this.position = this.place(data.scene);
    this.measure();
    if (data.alarm && data.alarm !== this.alarm) {
      this.alarm = data.alarm;
      this.before ??= data.scenes[this.position].code;
      this.show(data.alarmed);
      this.least = Math.min(Math.max(data.every, ALARM[0]), ALARM[1]);
    }
    this.draw();
  }

  // The room that the scenes are laid out for: the window as it would be at the designed size.
  measure() {
    const zoom = Math.min(Math.max(Math.min(window.innerHeight / HEIGHT, window.innerWidth / WIDTH), 0.4), 6);
    document.documentElement.style.setProperty("--wall-zoom", zoom);
    const room = `${Math.round(window.innerWidth / zoom)}x${Math.round(window.innerHeight / zoom)}`;
    this.fronts = Math.max(1, Math.floor(window.innerWidth / zoom / this.data.front));
    document.cookie = `${this.data.remembered}=${room}; path=/; max-age=${YEAR}; SameSite=Lax`;
    if (room !== (this.told ?? this.data.room)) {
      this.told = room;
      clearTimeout(this.settling);
      this.settling = setTimeout(() => this.tell("room", room), 200);
    }
  }

  moved() {
    document.documentElement.classList.remove("wall-idle");
    clearTimeout(this.idle);
    this.idle = setTimeout(() => document.documentElement.classList.add("wall-idle"), IDLE);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const acts = {
      " ": () => this.pause(!this.paused),
      ArrowRight: () => this.step(1),
      ArrowLeft: () => this.step(-1),
      f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  }

  pause(paused) {
    this.paused = paused;
    this.pausedAt = Date.now();
    this.draw();
  }

  // A step from an alarm's scene goes out from the one that it has interrupted.
  step(by) {
    const count = this.data.scenes.length;
    if (this.before) this.position = this.place(this.before);
    this.before = null;
    this.show(this.data.scenes[(this.position + by * Math.min(this.fronts, count) + count * 6) % count].code);
  }

  // After an alarm: back to what it has interrupted, also on a wall that does not turn.
  resume() {
    const code = this.before;
    this.before = null;
    this.show(code);
  }

  place(code) {
    return Math.max(this.data.scenes.findIndex((scene) => scene.code === code), 0);
  }

  show(code) {
    this.seconds = this.least = 0;
    this.position = this.place(code);
    this.draw();
    this.tell("scene", code);
  }

  tick() {
    const now = new Date();
    this.root.querySelector(".time").textContent = clock.format(now);
    this.root.querySelector(".date").textContent = calendar.format(now).replaceAll("/", "-").replace(/(?=周|星期)/, " ");
    if (!connected()) {
      this.lost();
      return;
    }
    this.heard = now.getTime();
    this.seconds += 1;
    if (now.getSeconds() === 0) forget();
    if (this.paused && now - this.pausedAt >= PAUSED) this.pause(false);
    const turns = !this.paused && this.data.scenes.length > this.fronts;
    if (this.before) {
      if (this.seconds >= this.least) this.resume();
    } else if (turns && this.seconds >= this.data.every) this.step(1);
  }

  // Streamlit comes back by itself; where it does not, and the server answers, the page is asked for anew.
  async lost() {
    if (Date.now() - this.heard < LOST) return;
    this.heard = Date.now();
    try {
      const answer = await fetch(new URL("./_stcore/health", document.baseURI), { cache: "no-store" });
      if (answer.ok && !connected()) window.location.reload();
    } catch {
      // still gone
    }
  }

  draw() {
    const count = this.data.scenes.length;
    const shown = new Set(Array.from({ length: Math.min(this.fronts, count) }, (_, step) => (this.position + step) % count));
    this.root.querySelector(".scenes").replaceChildren(
      ...this.data.scenes.map((scene, number) => {
        const name = document.createElement("span");
        name.textContent = scene.title;
        name.className = shown.has(number) ? "on" : "";
        return name;
      }),
    );
    this.root.querySelector(".paused").hidden = !this.paused;
  }

  end() {
    this.stops.abort();
    clearInterval(this.timer);
    [this.idle, this.settling].forEach(clearTimeout);
    document.documentElement.classList.remove("wall-idle");
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let wall = walls.get(parentElement);
  if (!wall) {
    wall = new Wall(parentElement);
    walls.set(parentElement, wall);
  }
  wall.update(data, setStateValue);
  if (!parentElement.querySelector(".time").textContent) wall.tick();
  return () => {
    wall.end();
    walls.delete(parentElement);
  };
}
