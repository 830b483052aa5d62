import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { exactTag, fleets, HAS_VALUE, hosts, hostTags, smallTag, smallValue } from '../../../db/schema';
import { asciiLower } from '../../rules/ascii-lower';
import { visibleFleets } from '../../fleets/visible-fleets';
import { textLike } from '../../rest/schema';
import type { Services } from '../../services';
import { storableText } from '../../storable-text';
import { type Asker, visibleHosts } from '../visible-hosts';

/** What somebody can take in at a glance, and the most that one question costs. */
const MOST = 20;

/** No text that begins with another is beyond that one and this. */
const LAST_CHARACTER = '\u{10ffff}';

export const tagPrefix = z.object({
  prefix: storableText(100)
    .default('')
    .meta({
      description: 'What a tag or its value begins with; capitals do not matter. All of them when left out.',
      examples: ['env'],
    }),
});

export const suggestedTags = z.object({
  tags: z
    .array(textLike('env:prod'))
    .meta({ description: `At most ${MOST}: what people gave hosts, what fleets give, then what machines alone say.` }),
});

type Ctx = Pick<Services, 'db'> & Asker;

/** Tags that begin with a text, or whose value does, of the hosts and the fleets that there are for the caller. */
export async function suggestTags(
  ctx: Ctx,
  { prefix }: z.infer<typeof tagPrefix>,
): Promise<z.infer<typeof suggestedTags>> {
  const small = asciiLower(prefix.trim());
  const ofHosts = (isGiven: boolean) => [
    () => tagsFrom(ctx, small, smallTag(hostTags), sql`${hostTags.isGiven} = ${isGiven}`),
    () => tagsFrom(ctx, small, smallValue(hostTags), sql`${hostTags.isGiven} = ${isGiven} and ${HAS_VALUE}`),
  ];
  // A machine says what it likes, and as much: none of that is before what people gave.
  const found = new Set<string>();
  for (const find of [...ofHosts(true), () => tagsOfFleets(ctx, small), ...ofHosts(false)]) {
    if (found.size >= MOST) break;
    for (const tag of await find()) found.add(tag);
  }
  return { tags: [...found].slice(0, MOST) };
}

/** The first of those that fleets give. Of fleets there are few. */
async function tagsOfFleets(ctx: Ctx, prefix: string): Promise<string[]> {
  const given = { tag: sql`given.tag` };
  const { rows } = await ctx.db.execute<{ tag: string }>(sql`
    select ${exactTag(given)} as tag from ${fleets} cross join jsonb_array_elements_text(${fleets.tags}) given (tag)
    where ${visibleFleets(ctx) ?? sql`true`}
      and (starts_with(${smallTag(given)}, ${prefix}) or strpos(given.tag, ':') > 0 and starts_with(${smallValue(given)}, ${prefix}))
    group by 1 order by 1 limit ${MOST}`);
  return rows.map(({ tag }) => tag);
}

/** The first of what a key of an index, of which `when` holds, begins with. */
async function tagsFrom(ctx: Ctx, prefix: string, key: SQL, when: SQL): Promise<string[]> {
  const visible = visibleHosts(ctx);
  const within = sql`${when} and ${key} >= ${prefix} and ${key} < ${prefix + LAST_CHARACTER}`;
  const { rows } = await ctx.db.execute<{ tag: string }>(visible ? ofHosts(visible) : ofAll());
  return rows.map(({ tag }) => tag);

  // Of few hosts all tags are looked at, and nothing is met of a host that is none for the caller.
  function ofHosts(condition: SQL) {
    return sql`
      select ${exactTag(hostTags)} as tag from ${hostTags}
      where ${within} and ${hostTags.hostId} in (select ${hosts.id} from ${hosts} where ${condition})
      group by ${key}, ${exactTag(hostTags)} order by ${key}, ${exactTag(hostTags)} limit ${MOST}`;
  }

  // A tag that 100,000 hosts have is met once: from each, the index leads to the first that is another.
  function ofAll() {
    const next = (after: SQL) => sql`
      select ${key} as key, ${exactTag(hostTags)} as tag from ${hostTags}
      where ${within} ${after} order by ${key}, ${exactTag(hostTags)} limit 1`;
    return sql`
      with recursive met as (
        (${next(sql``)})
        union all
        select later.key, later.tag from met
        cross join lateral (${next(sql`and (${key}, ${exactTag(hostTags)}) > (met.key, met.tag)`)}) later
      )
      select tag from met limit ${MOST}`;
  }
}
