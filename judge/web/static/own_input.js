// The learner's own input: a sample is put into its fields, and they go along with the program.

const OWN = ["own-inputs", "own-seed"];

const fields = () => [...document.querySelectorAll("#own-input [name]")].filter((field) => field.name !== "action");

/** Return whether `action` runs the learner's own input; if so, add its fields to `form`. */
export function addOwnInput(form, action) {
  if (!OWN.includes(action)) return false;
  for (const field of fields()) form.set(field.name, field.value);
  return true;
}

for (const pick of document.querySelectorAll("#own-input [data-inputs]")) {
  pick.addEventListener("click", () => {
    for (const [name, text] of Object.entries(JSON.parse(pick.dataset.inputs))) {
      const field = document.getElementById(`argument-${name}`);
      field.value = text;
      field.rows = Math.min(text.split("\n").length, 8);
    }
  });
}

// Enter in the seed's field runs the seed, not the first button of the form.
document.getElementById("input-seed")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  document.querySelector("#own-input button[value=own-seed]").click();
});
