/**
 * Texts of every kind that prompts are made of, and how many tokens they are in published vocabularies. All written for
 * this test, none of them used for the factors in `families.ts`.
 * @module
 */

/** A fixed row of numbers below `limit`, for texts that look random. */
function* rolls(seed: number, limit: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.floor(state / 2 ** 32 * limit);
  }
}

function letters(alphabet: string, length: number, seed: number): string {
  const from = rolls(seed, alphabet.length);
  return Array.from({ length }, () => alphabet.charAt(from.next().value)).join("");
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function numberRows(): string {
  const roll = rolls(11, 1_000_000_000);
  const next = () => roll.next().value;
  const row = (_: unknown, i: number) =>
    `${i + 1},${next()},${(next() / 1000).toFixed(3)},-${next() % 10000},0.${next()}`;
  return ["id,total,mean,offset,ratio", ...Array.from({ length: 25 }, row)].join("\n");
}

function ids(): string {
  const hex = (length: number, seed: number) => letters("0123456789abcdef", length, seed);
  return Array.from({ length: 16 }, (_, i) => {
    return `trace=${hex(32, i + 1)} span=${hex(16, i + 50)} id=${hex(8, i)}-${hex(4, i + 9)}-4${hex(3, i)}-a${
      hex(3, i + 2)
    }-${hex(12, i + 5)}`;
  }).join("\n");
}

/** Kind → text. */
export const CORPUS: Readonly<Record<string, string>> = {
  english: `The old lighthouse keeper had stopped counting the winters. Each evening, shortly before the sun went down
behind the harbour wall, he climbed the two hundred and twelve steps with a flask of tea and a newspaper that was usually
a week old. He trimmed the lamp, although the lamp had been electric for thirty years, and he wrote a single line into
the book: wind, sea, ships. "Nothing to report," his daughter used to say, "is still a report." She was right, of course;
she'd always been right about things like that. When the coast guard proposed to replace him with a sensor and a solar
panel, nobody in the village was surprised, and yet the meeting lasted until midnight. Somebody asked what the sensor
would do when a fishing boat's radio failed. Somebody else wanted to know who would repaint the railing. In the end they
agreed to keep both, the sensor for the insurance company and the keeper for everything else, which is how most sensible
decisions are made around here: slowly, reluctantly, and with a great deal of tea.`,
  european: `Am Donnerstag hat der Gemeinderat beschlossen, die alte Brücke über den Mühlbach doch nicht abzureißen. Die
Kosten für eine Überprüfung der Standsicherheit werden auf etwa zwölftausend Euro geschätzt, während ein Neubau fast das
Zwanzigfache kosten würde. Les habitants du quartier s'étaient déjà prononcés en faveur d'une rénovation, à condition que
la circulation des piétons reste possible pendant les travaux. El ayuntamiento publicará las bases del concurso en
septiembre; según la concejala, «nadie quiere perder un puente que funcionó durante ciento cuarenta años». Zdaniem
inżynierów największym problemem są skorodowane łożyska, które można wymienić w ciągu kilku tygodni. Kanalizasyon
borularının yenilenmesi için köprünün altındaki yolun geçici olarak kapatılması gerekecek.`,
  typescript: `import { createHash } from "node:crypto";

export interface CacheEntry<T> {
  readonly value: T;
  readonly expiresAt: number;
}

/** Keeps results of costly calls for a while. */
export class TimedCache<K, V> {
  readonly #entries = new Map<K, CacheEntry<V>>();
  constructor(private readonly ttlMs: number, private readonly now: () => number = Date.now) {}

  async getOrLoad(key: K, load: (key: K) => Promise<V>): Promise<V> {
    const found = this.#entries.get(key);
    if (found !== undefined && found.expiresAt > this.now()) return found.value;
    const value = await load(key);
    this.#entries.set(key, { value, expiresAt: this.now() + this.ttlMs });
    return value;
  }

  sweep(): number {
    let removed = 0;
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt <= this.now() && this.#entries.delete(key)) removed++;
    }
    return removed;
  }
}

export const fingerprint = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);
`,
  python: `from __future__ import annotations

import argparse
import logging
from collections import defaultdict
from pathlib import Path

logger = logging.getLogger(__name__)


class WordIndex:
    """Maps each word to the files in which it occurs."""

    def __init__(self, min_length: int = 3) -> None:
        self._min_length = min_length
        self._files: dict[str, set[Path]] = defaultdict(set)

    def add(self, path: Path) -> int:
        count = 0
        with path.open(encoding="utf-8", errors="replace") as handle:
            for line_number, line in enumerate(handle, start=1):
                for word in line.lower().split():
                    word = word.strip(".,;:!?()[]{}\\"'")
                    if len(word) >= self._min_length:
                        self._files[word].add(path)
                        count += 1
                if line_number % 10_000 == 0:
                    logger.debug("%s: %d lines", path, line_number)
        return count

    def search(self, *words: str) -> list[Path]:
        sets = [self._files.get(word.lower(), set()) for word in words]
        return sorted(set.intersection(*sets)) if sets else []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    args = parser.parse_args()
    index = WordIndex()
    total = sum(index.add(p) for p in args.root.rglob("*.txt") if p.is_file())
    print(f"{total:,} words indexed")
`,
  systems: `func (p *Pool) Acquire(ctx context.Context) (*Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) == 0 {
		if p.open < p.maxOpen {
			p.open++
			return p.dial(ctx)
		}
		if err := p.wait(ctx); err != nil {
			return nil, fmt.Errorf("waiting for a connection: %w", err)
		}
	}
	conn := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return conn, nil
}

impl<'a, T: Send + 'static> Iterator for Drain<'a, T> {
    type Item = Result<T, RecvError>;
    fn next(&mut self) -> Option<Self::Item> {
        match self.receiver.try_recv() {
            Ok(value) => Some(Ok(value)),
            Err(TryRecvError::Empty) => None,
            Err(other) => Some(Err(other.into())),
        }
    }
}

static int parse_header(const uint8_t *buf, size_t len, struct header *out)
{
    if (buf == NULL || len < sizeof(*out))
        return -EINVAL;
    memcpy(out, buf, sizeof(*out));
    out->length = ntohl(out->length);
    return out->length > MAX_FRAME_SIZE ? -EMSGSIZE : 0;
}

public sealed class OrderService implements Service<Order> {
    private final Map<UUID, Order> orders = new ConcurrentHashMap<>();
    @Override public Optional<Order> findById(UUID id) { return Optional.ofNullable(orders.get(id)); }
}
`,
  shell: `$ docker compose up -d --build && docker compose logs -f --tail=50 api
#12 [api 4/7] RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates
#12 sha256:9f2c1e CACHED
api-1  | 2026-03-14T09:26:53.589Z INFO  [http-nio-8080-exec-3] c.e.shop.OrderController - POST /api/v2/orders 201 (34 ms)
api-1  | 2026-03-14T09:26:54.102Z ERROR [pool-2-thread-1] c.e.shop.Mailer - cannot connect to smtp.example.com:587
api-1  | java.net.ConnectException: Connection refused
api-1  |     at java.base/sun.nio.ch.Net.pollConnect(Native Method)
api-1  |     at com.example.shop.Mailer.send(Mailer.java:118)
db-1   | LOG:  checkpoint complete: wrote 412 buffers (2.5%); 0 WAL file(s) added; sync=0.013 s, total=41.2 s
$ find /var/log -name '*.gz' -mtime +30 -print0 | xargs -0 -r rm -v | tee /tmp/removed.txt | wc -l
17
$ SELECT u.id, u.email, COUNT(o.id) AS orders FROM users u LEFT JOIN orders o ON o.user_id = u.id
  WHERE u.created_at >= NOW() - INTERVAL '90 days' GROUP BY u.id, u.email HAVING COUNT(o.id) > 3 ORDER BY orders DESC;
$ git log --oneline --graph -n 3
* 4f1d2ab (HEAD -> main, origin/main) Fix race in session cleanup
* 0c9e7d1 Bump lodash from 4.17.20 to 4.17.21
`,
  html: `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Garden planner</title>
  <link rel="stylesheet" href="/assets/main.4c1f.css">
  <style>.bed { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 12px; color: #2f4f2f; }</style>
</head>
<body class="page page--wide">
  <nav aria-label="Main"><ul><li><a href="#beds">Beds</a></li><li><a href="/calendar?month=4&amp;view=week">Calendar</a></li></ul></nav>
  <section id="beds" data-count="3">
    <h2>Your beds</h2>
    <div class="bed"><img src="img/tomato.webp" alt="Tomatoes" width="140" height="90"><p>Sow in March, plant out after the last frost.</p></div>
    <button type="button" onclick="addBed({ rows: 4, cols: 6 })" disabled>Add a bed</button>
  </section>
</body>
</html>
`,
  json: JSON.stringify(
    {
      user: { id: 48213, name: "Mara Lindqvist", email: "mara@example.org", active: true, tags: ["admin", "beta"] },
      orders: [
        { sku: "AX-4411-B", qty: 2, price: 19.95, currency: "EUR", shippedAt: "2026-02-11T08:15:00Z", note: null },
        { sku: "QT-0007", qty: 1, price: 249, currency: "EUR", shippedAt: null, note: "gift wrap, please" },
      ],
      settings: { theme: "dark", locale: "sv-SE", notifications: { email: true, push: false, digestHours: [8, 20] } },
      geo: { lat: 59.32932, lon: 18.06858, accuracyMeters: 12.5 },
      nextCursor: "eyJwYWdlIjoyLCJzaXplIjo1MH0",
    },
    null,
    2,
  ),
  compact_json: JSON.stringify(
    Array.from({ length: 12 }, (_, i) => ({
      event_type: ["page_view", "add_to_cart", "checkout_started"][i % 3],
      session_id: `s_${1000 + i * 37}`,
      properties: { url: `/products/${i * 13}?ref=mail`, durationMs: i * 417 + 88, ok: i % 4 !== 0 },
    })),
  ),
  chinese:
    `昨天下午，市图书馆举办了一场关于城市交通的讨论会。几位工程师介绍了地铁新线路的施工进度，并回答了居民提出的问题。一位老人说，
他每天早上要换两次公交车才能到医院，希望新车站附近能增加几张长椅。主持人把大家的意见都记了下来，答应下个月给出书面答复。会后，许多人
留下来继续聊天，有人谈到二十年前这里还是一片稻田，如今却变成了高楼林立的商业区。人工智能助手可以帮助我们整理会议记录，但是最终的决定
仍然需要由人来做。請注意，繁體中文的文字也應該被正確地計算，例如「臺灣的夜市非常熱鬧」這樣的句子。`,
  japanese:
    `週末は久しぶりに実家へ帰りました。駅から家までの道は子どもの頃とほとんど変わっておらず、角のパン屋からはいつもの甘い匂いが
していました。母は庭でトマトを収穫していて、「今年は雨が少なかったから小さいけれど、味はいいよ」と笑いました。夕方には父がコンピューター
の設定を手伝ってほしいと言うので、新しいルーターをインストールし、パスワードを書いたメモを冷蔵庫に貼りました。サーバーのログを確認する
方法についても簡単に説明しましたが、来年また同じ質問をされるだろうと思います。`,
  korean:
    `지난주에 우리 팀은 새로운 검색 기능을 배포했습니다. 처음에는 응답 속도가 느려서 걱정했지만, 캐시 설정을 바꾸고 나서 평균
지연 시간이 절반으로 줄었습니다. 사용자들은 한글 자음만 입력해도 결과가 나오는 점을 특히 좋아했습니다. 다음 단계로는 오타를 자동으로
고쳐 주는 기능과 최근 검색어 목록을 추가할 계획입니다. 혹시 서버에 문제가 생기면 당직자에게 바로 알림이 가도록 설정해 두었으니 안심하셔도
됩니다. 회의록은 공유 문서에 올려 두었습니다.`,
  cyrillic:
    `В прошлую субботу мы наконец собрались на дачу. Дорога заняла почти четыре часа, потому что на выезде из города
стояла огромная пробка, зато в лесу уже пахло весной. Сосед рассказал, что зимой крышу сарая сорвало ветром, и предложил
помочь с ремонтом. Пока дети собирали шишки, мы разобрали старые доски и составили список покупок: гвозди, краска, две
лопаты. Вечером сидели у костра и обсуждали, стоит ли проводить сюда интернет. Українською мовою теж пишуть чимало
листів, тому речення на кшталт «завтра вранці поїдемо до Львова» мають рахуватися не гірше.`,
  arabic:
    `اجتمع سكان الحي مساء أمس لمناقشة إصلاح الطريق القديم الذي يربط السوق بالمدرسة. قال المهندس المسؤول إن العمل سيبدأ بعد
أسبوعين، وإن الحركة ستتحول مؤقتا إلى الشارع الموازي. طلبت إحدى المعلمات إنشاء رصيف آمن للأطفال، ووافق الجميع على الاقتراح
دون تردد. في نهاية اللقاء شكر رئيس المجلس الحاضرين على صبرهم، ووعد بنشر جدول زمني واضح على موقع البلدية. كما يمكن للذكاء
الاصطناعي أن يساعد في تلخيص المحاضر الطويلة، لكن القرار يبقى بيد الناس.`,
  other_scripts: `हमारे गाँव में पिछले साल एक नया पुस्तकालय खुला, जहाँ बच्चे शाम को पढ़ने आते हैं और बुज़ुर्ग अख़बार पढ़ते हैं।
เมื่อวานนี้ฝนตกหนักมากจนถนนหน้าบ้านมีน้ำท่วม เราจึงต้องเดินอ้อมไปทางตลาดเพื่อขึ้นรถเมล์
Η γέφυρα του χωριού επισκευάστηκε πέρυσι το καλοκαίρι, και από τότε τα παιδιά πηγαίνουν στο σχολείο με τα ποδήλατα.
בשבוע שעבר תיקנו את הגג של בית הספר, והשכנים הביאו עוגות וקפה לכל הפועלים.`,
  emoji: `OMG that was amazing!! 🎉🎉🎉 can't believe we won 😭😭 who's bringing the 🍕 tonight? 🙋‍♀️🙋🏽 me + Sam 👍🏼 …
brb 5 min ⏰ — the 🚆 is late AGAIN 🙄 lol 😂😂😂 see you at 7 ✨💃🕺 ❤️❤️ #bestteam 🥇🏆 (✿◠‿◠) ¯\\_(ツ)_/¯
☑ buy snacks 🍿 ☐ charge speaker 🔋 ☐ call 👵🏻 📞 → then 🏠 ← ok?? 👀🔥💯 it's −3 °C ❄️☃️ take a 🧣!! 🇩🇪🇯🇵🇧🇷 go go go 🏃‍♂️💨`,
  base64: letters(BASE64, 1600, 7),
  ids: ids(),
  numbers: numberRows(),
  table: `## Results by region

| Region        | Q1 2026 | Q2 2026 | Change | Comment                          |
| ------------- | ------: | ------: | -----: | -------------------------------- |
| North         |  12,408 |  13,991 | +12.8% | new depot opened in **April**    |
| South         |   9,870 |   9,412 |  -4.6% | strike, see [note](#strike)      |
| East          |  20,133 |  20,207 |  +0.4% | –                                |
| West          |   4,001 |   6,350 | +58.7% | \`beta\` customers included        |
| **Total**     |  46,412 |  49,960 |  +7.6% |                                  |

- [x] figures checked by finance
- [ ] publish on the intranet
  1. ask legal
  2. translate
> Deliveries that were returned within 14 days are left out.

\`\`\`sh
report --quarter 2026Q2 --format md > results.md
\`\`\`
`,
  tool_schema: JSON.stringify([
    {
      name: "search_files",
      description: "Searches files in the workspace with a regular expression. Returns paths, line numbers and lines.",
      input_schema: {
        type: "object",
        properties: {
          pattern: { type: "string", description: "The regular expression to look for" },
          path: { type: "string", description: "Directory to search in, relative to the workspace root" },
          include: { type: "array", items: { type: "string" }, description: "Glob patterns of files to include" },
          max_results: { type: "integer", minimum: 1, maximum: 500, default: 50 },
          case_sensitive: { type: "boolean", default: false },
        },
        required: ["pattern"],
        additionalProperties: false,
      },
    },
    {
      name: "create_event",
      description: "Adds an event to the user's calendar.",
      input_schema: {
        type: "object",
        properties: {
          title: { type: "string" },
          start: { type: "string", format: "date-time", description: "Start in ISO 8601, with time zone" },
          durationMinutes: { type: "number" },
          attendees: {
            type: "array",
            items: { type: "object", properties: { email: { type: "string" }, optional: { type: "boolean" } } },
          },
          visibility: { enum: ["public", "private", "confidential"] },
        },
        required: ["title", "start"],
      },
    },
  ]),
};

/**
 * Tokens of each kind's text by family, in the order of {@link MEASURED_FAMILIES}: `o200k_base` and `cl100k_base` as
 * tiktoken counts, the others with the vocabularies of Llama 3.1, Qwen 3, DeepSeek 3, Gemma 3, Mistral NeMo (tekken),
 * Mistral 7B, and Claude 2 times 1.1; `other` is the mean of the five open ones.
 */
export const MEASURED: Readonly<Record<string, readonly number[]>> = {
  english: [223, 225, 225, 225, 228, 226, 231, 241, 254, 227],
  european: [190, 230, 222, 222, 222, 192, 186, 271, 301, 208],
  typescript: [262, 261, 261, 264, 269, 311, 272, 334, 328, 275],
  python: [347, 341, 340, 344, 357, 408, 355, 442, 417, 360],
  systems: [347, 344, 344, 344, 368, 429, 366, 450, 466, 369],
  shell: [425, 423, 423, 467, 443, 514, 482, 546, 510, 465],
  html: [262, 266, 266, 272, 273, 283, 279, 315, 315, 275],
  json: [302, 303, 303, 331, 307, 373, 337, 392, 324, 329],
  compact_json: [459, 447, 447, 509, 471, 560, 525, 581, 546, 501],
  chinese: [187, 301, 200, 146, 137, 161, 221, 264, 305, 170],
  japanese: [174, 247, 164, 152, 162, 123, 174, 266, 273, 154],
  korean: [140, 235, 147, 165, 163, 126, 129, 275, 293, 145],
  cyrillic: [177, 301, 198, 230, 208, 173, 192, 249, 346, 199],
  arabic: [135, 312, 168, 149, 168, 136, 121, 381, 431, 147],
  other_scripts: [141, 369, 222, 279, 190, 140, 171, 400, 515, 195],
  emoji: [175, 216, 211, 173, 189, 145, 266, 250, 252, 193],
  base64: [1100, 1157, 1155, 1191, 1116, 1116, 1227, 1300, 1244, 1160],
  ids: [906, 904, 904, 1332, 913, 1350, 1343, 1360, 1026, 1148],
  numbers: [507, 507, 507, 1012, 508, 1013, 1013, 1013, 607, 768],
  table: [253, 253, 253, 288, 240, 285, 291, 305, 271, 271],
  tool_schema: [253, 246, 246, 251, 266, 267, 268, 303, 288, 259],
};

export const MEASURED_FAMILIES = [
  "o200k_base",
  "cl100k_base",
  "llama3",
  "qwen",
  "deepseek",
  "gemma",
  "mistral",
  "sentencepiece",
  "claude",
  "other",
] as const;
