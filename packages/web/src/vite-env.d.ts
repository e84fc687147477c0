/** Lets TypeScript know style sheets, which Vite imports. */
declare module '*.css';
