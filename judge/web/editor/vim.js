// Vim's keys, a part of the bundle that is loaded for those who choose them.
export { vim } from "@replit/codemirror-vim";
