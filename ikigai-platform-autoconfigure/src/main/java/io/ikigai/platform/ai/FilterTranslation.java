package io.ikigai.platform.ai;

import java.util.Collection;

import io.ikigai.platform.runtime.OwnJson;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.FieldPath;
import io.ikigai.platform.storage.Op;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.vectorstore.filter.Filter;
import org.springframework.ai.vectorstore.filter.Filter.Expression;
import org.springframework.ai.vectorstore.filter.Filter.Group;
import org.springframework.ai.vectorstore.filter.Filter.Key;
import org.springframework.ai.vectorstore.filter.Filter.Value;

/**
 * Spring AI's filter expressions as queries of documents whose metadata are under
 * {@code metadata}, each key a field of its own. As with every query of documents, what
 * is not there is not equal to anything.
 */
final class FilterTranslation {

	private FilterTranslation() {
	}

	/**
	 * Translates an expression.
	 * @param expression the expression; none is met by all documents
	 * @throws IllegalArgumentException if it makes no sense
	 */
	static DocumentQuery query(@Nullable Expression expression) {
		return (expression != null) ? condition(expression) : DocumentQuery.all();
	}

	private static DocumentQuery condition(Filter.@Nullable Operand operand) {
		if (operand instanceof Group group) {
			return condition(group.content());
		}
		if (!(operand instanceof Expression expression)) {
			throw new IllegalArgumentException("A filter expression has conditions where this one has " + operand);
		}
		DocumentQuery all = DocumentQuery.all();
		return switch (expression.type()) {
			case AND -> all.and(condition(expression.left())).and(condition(expression.right()));
			case OR -> all.and(condition(expression.left())).or(condition(expression.right()));
			case NOT -> all.not(condition(expression.left()));
			case EQ -> compare(expression, Op.EQ, value(expression));
			case NE -> all.not(compare(expression, Op.EQ, value(expression)));
			case GT -> compare(expression, Op.GT, value(expression));
			case GTE -> compare(expression, Op.GE, value(expression));
			case LT -> compare(expression, Op.LT, value(expression));
			case LTE -> compare(expression, Op.LE, value(expression));
			case IN -> compare(expression, Op.IN, values(expression));
			case NIN -> all.not(compare(expression, Op.IN, values(expression)));
			case ISNULL -> all.not(compare(expression, Op.EXISTS, true));
			case ISNOTNULL -> compare(expression, Op.EXISTS, true);
		};
	}

	/**
	 * Compares what the metadata have under the key. The key is one step, dots and all:
	 * the text parser takes the quotes off, so that nothing tells a path from a name.
	 */
	private static DocumentQuery compare(Expression expression, Op op, Object value) {
		return DocumentQuery.all().where(FieldPath.of(StoredText.METADATA, key(expression)).toString(), op, value);
	}

	private static String key(Expression expression) {
		if (!(expression.left() instanceof Key key)) {
			throw new IllegalArgumentException(
					expression.type() + " compares a key of the metadata, not " + expression.left());
		}
		String name = key.key();
		boolean quoted = name.length() > 1 && (name.startsWith("'") || name.startsWith("\""))
				&& name.charAt(0) == name.charAt(name.length() - 1);
		return quoted ? name.substring(1, name.length() - 1) : name;
	}

	private static Object value(Expression expression) {
		if (!(expression.right() instanceof Value value) || value.value() instanceof Collection<?>) {
			throw new IllegalArgumentException(
					expression.type() + " of '" + key(expression) + "' needs one value, not " + expression.right());
		}
		return OwnJson.tree(value.value());
	}

	private static Object values(Expression expression) {
		if (!(expression.right() instanceof Value value) || !(value.value() instanceof Collection<?> values)) {
			throw new IllegalArgumentException(expression.type() + " of '" + key(expression)
					+ "' needs a list of values, not " + expression.right());
		}
		return values.stream().map(OwnJson::tree).toList();
	}

}
