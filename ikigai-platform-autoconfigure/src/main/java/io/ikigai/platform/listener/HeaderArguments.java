package io.ikigai.platform.listener;

import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.BeanExpressionContext;
import org.springframework.beans.factory.config.BeanExpressionResolver;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.ValueConstants;
import org.springframework.messaging.handler.annotation.support.HeaderMethodArgumentResolver;
import org.springframework.messaging.handler.annotation.support.HeadersMethodArgumentResolver;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.util.ReflectionUtils;

/**
 * Makes the arguments for parameters that take headers. A parameter that no message could
 * satisfy is refused at the start, for spring-messaging would only say so at each
 * message.
 */
final class HeaderArguments {

	private final ConversionService conversion = new DefaultFormattingConversionService();

	private final HeaderMethodArgumentResolver single;

	private final HeadersMethodArgumentResolver all = new HeadersMethodArgumentResolver();

	private final ConfigurableBeanFactory beans;

	HeaderArguments(ConfigurableBeanFactory beans) {
		this.single = new HeaderMethodArgumentResolver(this.conversion, beans);
		this.beans = beans;
	}

	boolean take(MethodParameter parameter) {
		return parameter.hasParameterAnnotation(Headers.class) || this.single.supportsParameter(parameter)
				|| this.all.supportsParameter(parameter);
	}

	/**
	 * Finds out which headers a parameter takes.
	 * @param handler the handler
	 * @param parameter the parameter
	 * @return what makes its argument
	 * @throws InvalidListenerException if no message could satisfy the parameter
	 */
	HandlerArgument of(Handler handler, MethodParameter parameter) {
		Header header = parameter.getParameterAnnotation(Header.class);
		if (header != null) {
			check(handler, parameter, header);
			return (message) -> this.single.resolveArgument(parameter, message);
		}
		checkAll(handler, parameter);
		return (message) -> this.all.resolveArgument(parameter, message);
	}

	private void check(Handler handler, MethodParameter parameter, Header header) {
		String name = (header.name().isEmpty()) ? parameter.getParameterName() : header.name();
		if (name == null) {
			throw handler.refuse(
					("has %s with @Header and no name, and its class file holds no parameter names: write @Header(\"…\"),"
							+ " or compile with the option -parameters")
						.formatted(HandlerArguments.describe(parameter)));
		}
		Object resolved = resolve(handler, parameter, name);
		if (resolved == null || resolved.toString().isEmpty()) {
			throw handler.refuse("has %s with @Header(\"%s\"), which resolves to no name"
				.formatted(HandlerArguments.describe(parameter), name));
		}
		checkType(handler, parameter, header);
	}

	private void checkType(Handler handler, MethodParameter parameter, Header header) {
		TypeDescriptor type = new TypeDescriptor(parameter);
		if (Stream.of(String.class, Integer.class, Long.class, Instant.class, UUID.class)
			.noneMatch((from) -> this.conversion.canConvert(TypeDescriptor.valueOf(from), type))) {
			throw handler.refuse("has %s with @Header, which is a text that cannot be converted to this type"
				.formatted(HandlerArguments.describe(parameter)));
		}
		Class<?> raw = parameter.getParameterType();
		if (!header.defaultValue().equals(ValueConstants.DEFAULT_NONE)) {
			Object value = resolve(handler, parameter, header.defaultValue());
			try {
				this.conversion.convert(value, TypeDescriptor.forObject(value), type);
			}
			catch (RuntimeException ex) {
				throw handler.refuse("has %s with @Header(defaultValue = \"%s\"), which cannot be converted: %s"
					.formatted(HandlerArguments.describe(parameter), header.defaultValue(), ex.getMessage()));
			}
		}
		else if (!header.required() && raw.isPrimitive() && raw != boolean.class) {
			throw handler.refuse(
					"has %s with @Header(required = false), which cannot be null: use its wrapper class, or give a defaultValue"
						.formatted(HandlerArguments.describe(parameter)));
		}
	}

	private @Nullable Object resolve(Handler handler, MethodParameter parameter, String written) {
		try {
			String resolved = this.beans.resolveEmbeddedValue(written);
			BeanExpressionResolver expressions = this.beans.getBeanExpressionResolver();
			return (expressions != null) ? expressions.evaluate(resolved, new BeanExpressionContext(this.beans, null))
					: written;
		}
		catch (IllegalArgumentException | BeansException ex) {
			throw handler.refuse("has %s with @Header, whose \"%s\" cannot be resolved: %s"
				.formatted(HandlerArguments.describe(parameter), written, ex.getMessage()));
		}
	}

	private void checkAll(Handler handler, MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		boolean fits = type.isAssignableFrom(MessageHeaders.class);
		if (MessageHeaderAccessor.class.isAssignableFrom(type)) {
			fits = type == MessageHeaderAccessor.class
					|| ReflectionUtils.findMethod(type, "wrap", Message.class) != null;
		}
		if (!fits) {
			throw handler.refuse("has %s for all headers, which must be a Map<String, Object> or MessageHeaders"
				.formatted(HandlerArguments.describe(parameter)));
		}
	}

}
