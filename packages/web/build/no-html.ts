/** In place of the plug-in that reads HTML in a Markdown text. */
export default function noHtml(): void {}
