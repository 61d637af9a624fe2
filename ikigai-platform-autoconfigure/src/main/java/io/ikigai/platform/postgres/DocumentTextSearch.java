package io.ikigai.platform.postgres;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Full-text search of documents. A snippet is HTML: what the document says is escaped,
 * and what fits is between {@code <mark>} and {@code </mark>}.
 */
final class DocumentTextSearch {

	private static final char START = '\u0002';

	private static final char END = '\u0003';

	private static final String HEADLINE = "StartSel=" + START + ", StopSel=" + END
			+ ", MaxFragments=2, MaxWords=30, MinWords=12, FragmentDelimiter=\" … \"";

	/** PostgreSQL refuses a word over 2 kB in a query, and indexes none. */
	private static final int LONGEST_WORD_BYTES = 1350;

	private static final int CUT_WORD_CHARACTERS = 450;

	private DocumentTextSearch() {
	}

	/**
	 * The best ones first, then their snippets: making one reads the whole document.
	 */
	static BoundSql sql(String columns, String collection, String language, String text, int limit) {
		return new BoundSql().add("""
				SELECT %1$s, score, ts_headline(CAST(? AS regconfig), translate((
					SELECT string_agg(part #>> '{}', ' … ' ORDER BY position)
					FROM jsonb_path_query(value, 'strict $.**') WITH ORDINALITY AS parts(part, position)
					WHERE jsonb_typeof(part) = 'string'), chr(2) || chr(3), ''), words, ?) AS snippet
				FROM (
					SELECT %1$s, words, ts_rank_cd(text_search, words, 1) AS score
					FROM {schema}.ikigai_document, websearch_to_tsquery(CAST(? AS regconfig), ?) AS words
					WHERE collection = ? AND text_search @@ words
					ORDER BY score DESC, id LIMIT ?) AS found
				ORDER BY score DESC, id""".formatted(columns), language, HEADLINE, language, storable(text), collection,
				limit);
	}

	private static String storable(String text) {
		return Arrays.stream(text.strip().split("\\s+")).map(DocumentTextSearch::cut).collect(Collectors.joining(" "));
	}

	private static String cut(String word) {
		if (word.getBytes(StandardCharsets.UTF_8).length <= LONGEST_WORD_BYTES) {
			return word;
		}
		int end = Character.isHighSurrogate(word.charAt(CUT_WORD_CHARACTERS - 1)) ? CUT_WORD_CHARACTERS - 1
				: CUT_WORD_CHARACTERS;
		return word.substring(0, end);
	}

	static @Nullable String html(@Nullable String headline) {
		if (headline == null) {
			return null;
		}
		StringBuilder html = new StringBuilder(headline.length() + 32);
		headline.chars().forEach((c) -> html.append(switch (c) {
			case START -> "<mark>";
			case END -> "</mark>";
			case '&' -> "&amp;";
			case '<' -> "&lt;";
			case '>' -> "&gt;";
			case '"' -> "&quot;";
			case '\'' -> "&#39;";
			default -> String.valueOf((char) c);
		}));
		return html.toString();
	}

}
