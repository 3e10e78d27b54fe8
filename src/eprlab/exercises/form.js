// Explains each choice in a form of questions. Text is set as text, never as HTML.
for (const form of document.querySelectorAll("form.plab-form:not([data-on])")) {
  form.dataset.on = "";
  form.addEventListener("submit", (event) => event.preventDefault());
  const questions = [...form.querySelectorAll("fieldset")];
  form.addEventListener("change", ({ target }) => {
    const question = target.closest("fieldset");
    const [right, because] = JSON.parse(question.dataset.why)[target.value];
    question.dataset.right = right;
    question.querySelector("output").textContent = `${right ? "✔ Right." : "✘ Not this one."} ${because}`;
    const count = questions.filter((each) => each.dataset.right === "true").length;
    form.querySelector(":scope > output").textContent = `${count} of ${questions.length} right.`;
  });
}
