/** What a child process that measures does with the questions of its parent; apart, as children are bundled. */

/** Answers each question with what `answer` returns. Nothing where the module is only imported. */
export function answerParent<Question, Reply>(answer: (question: Question) => Promise<Reply>): void {
  if (process.send === undefined || process.argv.at(-1) !== 'child') return;
  // What is measured may hold connections open.
  process.on('disconnect', () => process.exit());
  process.on('message', question => {
    answer(question as Question).then(
      reply => process.send?.(reply),
      error => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
