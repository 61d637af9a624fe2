package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.BeanExpressionContext;
import org.springframework.beans.factory.config.BeanExpressionResolver;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.format.annotation.DurationFormat.Unit;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * The attributes of a listener's annotation, with placeholders and expressions resolved.
 * What is wrong is told with the method, the attribute, the value and what is allowed.
 */
final class ListenerAttributes {

	private final MergedAnnotation<?> annotation;

	private final ConfigurableBeanFactory beanFactory;

	private final String method;

	ListenerAttributes(MergedAnnotation<?> annotation, ConfigurableBeanFactory beanFactory, String method) {
		this.annotation = annotation;
		this.beanFactory = beanFactory;
		this.method = method;
	}

	String text(String name) {
		Object value = value(name);
		return (value != null) ? value.toString().trim() : "";
	}

	private @Nullable Object value(String name) {
		String written = this.annotation.getString(name);
		try {
			String resolved = this.beanFactory.resolveEmbeddedValue(written);
			BeanExpressionResolver expressions = this.beanFactory.getBeanExpressionResolver();
			return (expressions != null)
					? expressions.evaluate(resolved, new BeanExpressionContext(this.beanFactory, null)) : resolved;
		}
		catch (IllegalArgumentException | BeansException ex) {
			throw new InvalidListenerException(
					"%s: %s = \"%s\" cannot be resolved: %s".formatted(describe(), name, written, ex.getMessage()), ex);
		}
	}

	private <T> T parse(String name, T fallback, String allowed, Function<String, T> parser) {
		String text = text(name);
		if (text.isEmpty()) {
			return fallback;
		}
		try {
			return parser.apply(text);
		}
		catch (RuntimeException ex) {
			throw invalid(name, text, allowed, ex);
		}
	}

	private static void check(boolean allowed) {
		if (!allowed) {
			throw new IllegalArgumentException("out of range");
		}
	}

	/**
	 * Returns a duration.
	 * @param name the attribute
	 * @param fallback the value of an empty attribute
	 * @param min the shortest that is allowed
	 * @param max the longest that is allowed
	 * @return the duration
	 */
	Duration duration(String name, Duration fallback, Duration min, Duration max) {
		String allowed = "a duration from %s to %s, such as 30s, 5m, PT5M, or a number of milliseconds".formatted(min,
				max);
		return parse(name, fallback, allowed, (text) -> {
			Duration duration = DurationFormatterUtils.detectAndParse(text, Unit.MILLIS);
			check(duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0);
			return duration;
		});
	}

	int number(String name, int fallback, int min, int max, String allowed) {
		return parse(name, fallback, allowed, (text) -> {
			int number = Integer.parseInt(text);
			check(number >= min && number <= max);
			return number;
		});
	}

	double factor(String name, double fallback) {
		return parse(name, fallback, "a number of at least 1, such as 1.5", (text) -> {
			double number = Double.parseDouble(text);
			check(number >= 1 && Double.isFinite(number));
			return number;
		});
	}

	boolean flag(String name, boolean fallback) {
		return parse(name, fallback, "true or false", (text) -> {
			check(text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"));
			return Boolean.parseBoolean(text);
		});
	}

	Concurrency concurrency(String name, Concurrency fallback) {
		return parse(name, fallback, Concurrency.ALLOWED, Concurrency::parse);
	}

	/**
	 * Returns a bean that is given by its name or by an expression.
	 * @param name the attribute
	 * @param type the bean's type
	 * @return the bean, or {@code null} if the attribute is empty
	 */
	<B> @Nullable B bean(String name, Class<B> type) {
		Object value = value(name);
		if (value == null || value.toString().isBlank()) {
			return null;
		}
		if (type.isInstance(value)) {
			return type.cast(value);
		}
		try {
			return this.beanFactory.getBean(value.toString().trim(), type);
		}
		catch (BeansException ex) {
			throw invalid(name, value, "the name of a bean of type " + type.getName(), ex);
		}
	}

	InvalidListenerException invalid(String name, Object value, String allowed, @Nullable Exception cause) {
		String written = this.annotation.getString(name);
		String origin = (written.equals(value.toString())) ? "" : " (from \"%s\")".formatted(written);
		return new InvalidListenerException(
				"%s: %s = \"%s\"%s is not allowed. Allowed: %s".formatted(describe(), name, value, origin, allowed),
				cause);
	}

	String describe() {
		return "@%s on %s".formatted(this.annotation.getType().getSimpleName(), this.method);
	}

}
