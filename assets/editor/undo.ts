/** Undo and redo of one's own changes; what others wrote is never undone. */
import { chainCommands } from "prosemirror-commands";
import { undoInputRule } from "prosemirror-inputrules";
import type { Command } from "prosemirror-state";
import { undoCommand, yUndoPluginKey } from "y-prosemirror";
import type { UndoManager } from "yjs";

/** A correction of typography goes first, alone: the words typed before it stay. */
export const undo: Command = chainCommands(undoInputRule, undoCommand);

/** Undone alone: neither the words typed just before nor those just after go with it. */
export const apart =
  (command: Command): Command =>
  (state, dispatch, view) => {
    if (!command(state)) return false;
    if (!dispatch) return true;
    const manager = (yUndoPluginKey.getState(state) as { undoManager: UndoManager } | undefined)?.undoManager;
    manager?.stopCapturing();
    const done = command(state, dispatch, view);
    manager?.stopCapturing();
    return done;
  };
