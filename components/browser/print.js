// A button that prints the page; what is left out on paper is the style sheet's business.
export default function ({ parentElement }) {
  const button = parentElement.querySelector("button");
  const print = () => window.print();
  button.addEventListener("click", print);
  return () => button.removeEventListener("click", print);
}
