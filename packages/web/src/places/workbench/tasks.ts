/** The task list as the agent last set it. Pure: items in, tasks out. */
import type { PlacedItem } from '@taffrail/wire';

export type Task = { text: string; status: 'pending' | 'active' | 'done' };

/** The newest whole list among the items; `null` where none was set. One that is still being written does not count. */
export function tasksOf(items: Iterable<PlacedItem>): Task[] | null {
  const calls: string[] = [];
  for (const { item } of items) if (item.type === 'tool_call' && item.name === 'tasks') calls.push(item.text);
  for (const text of calls.reverse()) {
    const tasks = parsed(text);
    if (tasks) return tasks;
  }
  return null;
}

function parsed(text: string): Task[] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('tasks' in value) || !Array.isArray(value.tasks)) return null;
    return value.tasks.flatMap(taskOf);
  } catch {
    return null;
  }
}

function taskOf(value: unknown): Task[] {
  if (typeof value !== 'object' || value === null || !('text' in value)) return [];
  const status = 'status' in value ? value.status : null;
  return [{ text: String(value.text), status: status === 'done' || status === 'active' ? status : 'pending' }];
}
