package io.ikigai.platform.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import io.ikigai.platform.storage.CollectionSettings;
import io.ikigai.platform.storage.DocumentQuery.Comparison;
import io.ikigai.platform.storage.DocumentQuery.Condition;
import io.ikigai.platform.storage.DocumentQuery.Junction;
import io.ikigai.platform.storage.DocumentQuery.Negation;
import io.ikigai.platform.storage.Op;
import org.jspecify.annotations.Nullable;

/**
 * Conditions as SQL. Paths and values are bound, never part of the text. A comparison
 * yields true, false or null, and null counts as false: what negates asks whether it
 * holds, so that null never spreads.
 */
final class DocumentConditions {

	private static final int DEEPEST = 500;

	private final CollectionSettings settings;

	private final Function<@Nullable Object, String> json;

	/**
	 * Creates the translation.
	 * @param settings the collection's declaration: what has an index is asked for so
	 * that the index helps
	 * @param json how values are written as JSON
	 */
	DocumentConditions(CollectionSettings settings, Function<@Nullable Object, String> json) {
		this.settings = settings;
		this.json = json;
	}

	BoundSql sql(Condition condition) {
		return sql(condition, 0);
	}

	private BoundSql sql(Condition condition, int depth) {
		if (depth > DEEPEST) {
			throw new IllegalArgumentException(
					"A query has at most " + DEEPEST + " conditions in a row. For one of many values, use IN");
		}
		if (condition instanceof Junction junction) {
			return new BoundSql().add("(")
				.add(sql(junction.left(), depth + 1))
				.add(junction.and() ? " AND " : " OR ")
				.add(sql(junction.right(), depth + 1))
				.add(")");
		}
		if (condition instanceof Negation negation) {
			return not(sql(negation.condition(), depth + 1));
		}
		return comparison((Comparison) condition);
	}

	private static BoundSql not(BoundSql condition) {
		return new BoundSql().add("(").add(condition).add(") IS NOT TRUE");
	}

	private BoundSql comparison(Comparison comparison) {
		DocumentPath path = new DocumentPath(comparison.path());
		Object value = comparison.value();
		return switch (comparison.op()) {
			case EQ -> equal(path, comparison.path(), List.of(this.json.apply(value)));
			case NE -> not(equal(path, comparison.path(), List.of(this.json.apply(value))));
			case IN -> in(path, comparison);
			case LT, LE, GT, GE -> range(path, comparison);
			case CONTAINS -> contains(path, this.json.apply(value));
			case EXISTS -> path.value().add(Boolean.TRUE.equals(value) ? " IS NOT NULL" : " IS NULL");
		};
	}

	private BoundSql in(DocumentPath path, Comparison comparison) {
		List<String> values = new ArrayList<>();
		for (Object value : (Iterable<?>) Objects.requireNonNull(comparison.value())) {
			values.add(this.json.apply(value));
		}
		return values.isEmpty() ? new BoundSql().add("false") : equal(path, comparison.path(), values);
	}

	private BoundSql equal(DocumentPath path, String name, List<String> values) {
		BoundSql sql = new BoundSql().add("(");
		boolean indexed = this.settings.indexes().contains(name);
		if (indexed && values.stream().allMatch((value) -> JsonType.of(value) == JsonType.NUMBER)) {
			sql.add(path.number()).add(" = ANY(CAST(? AS numeric[])) AND ", (Object) values.toArray(String[]::new));
		}
		else if (indexed && values.stream().allMatch((value) -> JsonType.of(value) == JsonType.STRING)) {
			sql.add(path.number())
				.add(" IS NULL AND ")
				.add(path.cutText())
				.add(" = ANY(ARRAY(SELECT left(v #>> '{}', 200) FROM unnest(CAST(? AS jsonb[])) AS v)) AND ",
						(Object) values.toArray(String[]::new));
		}
		else if (path.documentWith("null") != null) {
			String[] documents = values.stream().map(path::documentWith).toArray(String[]::new);
			sql.add((documents.length == 1) ? "value @> CAST(? AS jsonb) AND "
					: "value @> ANY(CAST(? AS jsonb[])) AND ",
					(documents.length == 1) ? documents[0] : (Object) documents);
		}
		return sql.add(path.value()).add(" = ANY(CAST(? AS jsonb[])))", (Object) values.toArray(String[]::new));
	}

	private BoundSql range(DocumentPath path, Comparison comparison) {
		String value = this.json.apply(comparison.value());
		String operator = switch (comparison.op()) {
			case LT -> " < ";
			case LE -> " <= ";
			case GT -> " > ";
			default -> " >= ";
		};
		return switch (JsonType.of(value)) {
			case NUMBER -> path.number().add(operator + "CAST(? AS numeric)", value);
			case STRING -> textRange(path, comparison, operator, value);
			case BOOLEAN -> new BoundSql().add("(jsonb_typeof(")
				.add(path.value())
				.add(") = 'boolean' AND ")
				.add(path.value())
				.add(operator + "CAST(? AS jsonb))", value);
			default -> throw new IllegalArgumentException(comparison.op() + " at '" + comparison.path()
					+ "' needs a number, a text or a boolean, not " + value);
		};
	}

	private BoundSql textRange(DocumentPath path, Comparison comparison, String operator, String value) {
		BoundSql sql = new BoundSql().add("(");
		if (this.settings.indexes().contains(comparison.path())) {
			boolean less = comparison.op() == Op.LT || comparison.op() == Op.LE;
			sql.add(path.number())
				.add(" IS NULL AND ")
				.add(path.cutText())
				.add((less ? " <= " : " >= ") + "left(CAST(? AS jsonb) #>> '{}', 200) AND ", value);
		}
		return sql.add(path.text()).add(operator + "(CAST(? AS jsonb) #>> '{}'))", value);
	}

	private BoundSql contains(DocumentPath path, String value) {
		return switch (JsonType.of(value)) {
			case ARRAY -> holds(path, value);
			case OBJECT -> new BoundSql().add("(")
				.add(holds(path, value))
				.add(" OR ")
				.add(holds(path, "[" + value + "]"))
				.add(")");
			default -> holds(path, "[" + value + "]");
		};
	}

	private BoundSql holds(DocumentPath path, String value) {
		BoundSql sql = new BoundSql().add("(");
		String document = path.documentWith(value);
		if (document != null) {
			sql.add("value @> CAST(? AS jsonb) AND ", document);
		}
		return sql.add(path.value()).add(" @> CAST(? AS jsonb))", value);
	}

	/**
	 * What a JSON text is, which its first character tells.
	 */
	private enum JsonType {

		NUMBER, STRING, BOOLEAN, ARRAY, OBJECT, NULL;

		static JsonType of(String json) {
			return switch (json.stripLeading().charAt(0)) {
				case '"' -> STRING;
				case '[' -> ARRAY;
				case '{' -> OBJECT;
				case 't', 'f' -> BOOLEAN;
				case 'n' -> NULL;
				default -> NUMBER;
			};
		}

	}

}
