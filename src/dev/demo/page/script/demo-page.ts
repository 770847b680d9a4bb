// The demo page's script. It comes after the browser library's own file, which is loaded as any page
// would load it.
import { startChat } from "./chat.ts";

startChat();
