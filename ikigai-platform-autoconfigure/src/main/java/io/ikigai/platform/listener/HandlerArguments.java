package io.ikigai.platform.listener;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.Task;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.validation.Validator;

/**
 * Knows what the parameters of handlers mean. A method whose parameters make no sense is
 * refused at the start.
 */
final class HandlerArguments {

	private static final Set<Class<?>> SOURCES = Set.of(Task.class, MailboxMessage.class);

	private final HeaderArguments headers;

	private final @Nullable Validator validator;

	HandlerArguments(ConfigurableBeanFactory beanFactory, @Nullable Validator validator) {
		this.headers = new HeaderArguments(beanFactory);
		this.validator = validator;
	}

	/**
	 * Finds out what the parameters of a handler mean.
	 * @param handler the handler
	 * @param source what it is called for: a parameter of this type gets it
	 * @param batched whether the handler gets lists
	 * @param deadLetters whether it gets what was given up
	 * @return what makes its arguments
	 * @throws InvalidListenerException if a parameter makes no sense
	 */
	List<HandlerArgument> of(Handler handler, Class<?> source, boolean batched, boolean deadLetters) {
		List<HandlerArgument> arguments = new ArrayList<>();
		List<MethodParameter> payloads = new ArrayList<>();
		for (MethodParameter parameter : new HandlerMethod(handler.method(), handler.type()).getMethodParameters()) {
			parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
			arguments.add(argument(handler, parameter, source, batched, deadLetters, payloads));
		}
		if (payloads.stream().filter((parameter) -> parameter.hasParameterAnnotation(Payload.class)).count() > 1
				|| payloads.size() > 1) {
			throw handler.refuse("has several parameters for the payload, where one is allowed: "
					+ payloads.stream().map(HandlerArguments::describe).toList());
		}
		return arguments;
	}

	private HandlerArgument argument(Handler handler, MethodParameter parameter, Class<?> source, boolean batched,
			boolean deadLetters, List<MethodParameter> payloads) {
		ResolvableType type = resolve(parameter);
		if (batched) {
			Class<?> list = type.resolve(Object.class);
			if ((list != List.class && list != Collection.class) || this.headers.take(parameter)) {
				throw handler.refuse("handles batches, so its parameters must be lists of payloads, of tasks or of"
						+ " messages, which " + describe(parameter) + " is not");
			}
			type = type.getGeneric(0);
		}
		if (this.headers.take(parameter)) {
			return this.headers.of(handler, parameter);
		}
		Class<?> raw = type.resolve(Object.class);
		if (source.isAssignableFrom(raw)) {
			return Message::getPayload;
		}
		if (deadLetters && Throwable.class.isAssignableFrom(raw)) {
			if (raw != Throwable.class) {
				throw handler.refuse("has %s, where only a Throwable fits every error".formatted(describe(parameter)));
			}
			return (message) -> ((DeadLetter) message).error();
		}
		if (SOURCES.contains(raw)) {
			throw handler
				.refuse("has %s, but is called for a %s".formatted(describe(parameter), source.getSimpleName()));
		}
		if (raw == Message.class) {
			HandlerArgument payload = payload(handler, parameter, type.getGeneric(0));
			return (message) -> message(payload.read(message), message);
		}
		payloads.add(parameter);
		return payload(handler, parameter, type);
	}

	private HandlerArgument payload(Handler handler, MethodParameter parameter, ResolvableType type) {
		Payload payload = parameter.getParameterAnnotation(Payload.class);
		if (payload != null && !payload.expression().isEmpty()) {
			throw handler
				.refuse("has %s with @Payload(\"%s\"), whose expression is not supported: take the whole payload"
					.formatted(describe(parameter), payload.expression()));
		}
		PayloadArgument argument = new PayloadArgument(parameter, type.getType(), this.validator);
		if (argument.validated() && this.validator == null) {
			throw handler.refuse("wants " + describe(parameter)
					+ " validated, but there is no Validator: add spring-boot-starter-validation");
		}
		return argument;
	}

	private static Message<?> message(@Nullable Object payload, HandlerMessage message) {
		if (payload == null) {
			throw new PayloadException("The payload is null, which a Message cannot hold", null);
		}
		return new GenericMessage<>(payload, message.getHeaders());
	}

	private static ResolvableType resolve(MethodParameter parameter) {
		return ResolvableType.forType(
				GenericTypeResolver.resolveType(parameter.getGenericParameterType(), parameter.getContainingClass()));
	}

	static String describe(MethodParameter parameter) {
		return "parameter %d (%s)".formatted(parameter.getParameterIndex() + 1,
				parameter.getGenericParameterType().getTypeName());
	}

	/**
	 * Sees annotations of parameters on interfaces too, and resolves the type variables
	 * of generic super classes.
	 */
	private static final class HandlerMethod extends AnnotatedMethod {

		private final Class<?> type;

		HandlerMethod(Method method, Class<?> type) {
			super(method);
			this.type = type;
		}

		@Override
		protected Class<?> getContainingClass() {
			return this.type;
		}

	}

}
