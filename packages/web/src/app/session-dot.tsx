/** The dot of a session that is known by its id only. */
import { useQuery } from '@tanstack/react-query';
import { Dot, dotState } from '../parts/dot.js';
import { sessionQuery } from './queries.js';

export function SessionDot({ id }: { id: string }) {
  const { data } = useQuery(sessionQuery(id));
  return <Dot state={data ? dotState(data) : 'done'} />;
}
