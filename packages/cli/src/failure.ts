/** Something that did not work through no fault of the command line: said in one line, exit code 1. */
export class Failure extends Error {}
