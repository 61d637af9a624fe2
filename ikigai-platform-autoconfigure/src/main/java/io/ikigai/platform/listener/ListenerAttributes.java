package io.ikigai.platform.listener;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

import io.ikigai.platform.Platform;
import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.BeanExpressionContext;
import org.springframework.beans.factory.config.BeanExpressionResolver;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.format.annotation.DurationFormat.Unit;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.util.ObjectUtils;

/**
 * The attributes of a listener's annotation, with placeholders and expressions resolved.
 * What is wrong is told with the method, the attribute, the value and what is allowed.
 */
final class ListenerAttributes {

	/** Longer than any duration makes sense. */
	static final Duration LONGEST = Duration.ofDays(365);

	private final MergedAnnotation<?> annotation;

	private final ConfigurableBeanFactory beanFactory;

	private final List<Handler> handlers;

	/** Stands for all in what is said. */
	private final Handler handler;

	ListenerAttributes(MergedAnnotation<?> annotation, ConfigurableBeanFactory beanFactory, List<Handler> handlers) {
		this.annotation = annotation;
		this.beanFactory = beanFactory;
		this.handlers = handlers;
		this.handler = handlers.get(0);
	}

	/**
	 * Reads what every listener has.
	 * @param kind what it listens to
	 * @param destination its name
	 * @param concurrency how many calls at the same time
	 * @return the listener
	 * @throws InvalidListenerException if no listener of any kind can have such a method
	 */
	ListenerEndpoint listener(ListenerKind kind, String destination, Concurrency concurrency) {
		for (Handler each : this.handlers) {
			if (AopUtils.isCglibProxy(each.bean()) && Modifier.isFinal(each.method().getModifiers())) {
				throw each.refuse("must not be final, because its bean is proxied");
			}
			AsyncHandlers.check(each);
		}
		String id = text("id");
		if (id.isEmpty()) {
			String method = (this.handler.ofClass()) ? "" : "." + this.handler.method().getName();
			id = "%s%s:%s".formatted(this.handler.beanName(), method, destination);
		}
		return new ListenerEndpoint(id, kind, destination, this.handlers, concurrency, flag("autoStartup", true),
				results(kind));
	}

	private @Nullable SentResult results(ListenerKind kind) {
		AnnotatedElement declares = (this.handler.ofClass()) ? this.handler.type() : this.handler.method();
		SendTo sendTo = AnnotatedElementUtils.findMergedAnnotation(declares, SendTo.class);
		if (sendTo == null) {
			return null;
		}
		List<String> names = Stream.of(sendTo.value())
			.map((written) -> String.valueOf(value("@SendTo", written)).trim())
			.toList();
		if (names.isEmpty() || this.handlers.stream().allMatch((each) -> each.method().getReturnType() == void.class)) {
			throw this.handler.refuse("has @SendTo(%s), which needs a name, and a result to send".formatted(names));
		}
		try {
			return new SentResult(this.beanFactory.getBean(Platform.class), kind, names);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidListenerException("The listener method %s cannot send to %s: %s"
				.formatted(this.handler.description(), names, ex.getMessage()), ex);
		}
	}

	/**
	 * Returns the name of what is listened to, which may be given in two ways.
	 * @param kind what is listened to
	 * @return the value, or the attribute that is named like the kind
	 */
	String destination(ListenerKind kind) {
		String value = text("value");
		String named = text(kind.word());
		if (value.isEmpty() && named.isEmpty()) {
			throw invalid(kind.word(), "",
					"the name of the %s to listen to, here or as the value".formatted(kind.word()), null);
		}
		if (!value.isEmpty() && !named.isEmpty() && !value.equals(named)) {
			throw invalid(kind.word(), named, "only one of %s and value (\"%s\")".formatted(kind.word(), value), null);
		}
		return (named.isEmpty()) ? value : named;
	}

	RetryPolicy retry(RetryPolicy fallback) {
		return new RetryPolicy(
				number("maxAttempts", fallback.maxAttempts(), 1, Integer.MAX_VALUE, "a number of at least 1"),
				duration("delay", fallback.delay(), Duration.ZERO, LONGEST),
				factor("multiplier", fallback.multiplier()),
				duration("maxDelay", fallback.maxDelay(), Duration.ZERO, LONGEST),
				duration("jitter", fallback.jitter(), Duration.ZERO, LONGEST));
	}

	/**
	 * Returns the factory of the listener's container.
	 * @param type the factory's type
	 * @param byDefault the bean that serves listeners which name no other one
	 * @return the factory
	 */
	<F> F containerFactory(Class<F> type, String byDefault) {
		F factory = bean("containerFactory", type);
		return (factory != null) ? factory : this.beanFactory.getBean(byDefault, type);
	}

	String text(String name) {
		Object value = value(name);
		return (value != null) ? value.toString().trim() : "";
	}

	/**
	 * Returns the values of an attribute that takes several. An expression may stand for
	 * several, too.
	 * @param name the attribute
	 * @return the values
	 */
	List<String> texts(String name) {
		return Stream.of(this.annotation.getStringArray(name))
			.map((written) -> value(name, written))
			.flatMap((value) -> (value instanceof Collection<?> several) ? several.stream()
					: Stream.of(ObjectUtils
						.toObjectArray((value != null && value.getClass().isArray()) ? value : new Object[] { value })))
			.map((value) -> (value != null) ? value.toString().trim() : "")
			.toList();
	}

	private @Nullable Object value(String name) {
		return value(name, this.annotation.getString(name));
	}

	private @Nullable Object value(String name, String written) {
		if (this.annotation.getSource() == ListenerRegistrar.class) {
			// A program gave it, and perhaps took it from data
			return written;
		}
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
		return "@%s on %s".formatted(this.annotation.getType().getSimpleName(),
				(this.handler.ofClass()) ? this.handler.classDescription() : this.handler.description());
	}

}
