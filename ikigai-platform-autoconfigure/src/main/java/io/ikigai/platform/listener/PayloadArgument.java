package io.ikigai.platform.listener;

import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.Objects;

import io.ikigai.platform.PayloadException;
import io.ikigai.platform.TypeRef;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Conventions;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.SmartValidator;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.ValidationAnnotationUtils;

/**
 * Reads the payload as the type of a parameter, and validates it where the parameter asks
 * for that.
 */
final class PayloadArgument implements HandlerArgument {

	private final MethodParameter parameter;

	private final Type type;

	private final boolean required;

	private final Object @Nullable [] hints;

	private final @Nullable Validator validator;

	PayloadArgument(MethodParameter parameter, Type type, @Nullable Validator validator) {
		this.parameter = parameter;
		this.type = type;
		Payload payload = parameter.getParameterAnnotation(Payload.class);
		this.required = (payload == null || payload.required()) && !parameter.isOptional();
		this.hints = Arrays.stream(parameter.getParameterAnnotations())
			.map(PayloadArgument::hints)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		this.validator = validator;
	}

	private static Object @Nullable [] hints(Annotation annotation) {
		return ValidationAnnotationUtils.determineValidationHints(annotation);
	}

	boolean validated() {
		return this.hints != null;
	}

	@Override
	public @Nullable Object read(HandlerMessage message) {
		if (!this.required && message.json().strip().equals("null")) {
			return null;
		}
		Object value = convert(message);
		if (value instanceof Collection<?> values) {
			for (Object element : values) {
				validate(message, element);
			}
		}
		else {
			validate(message, value);
		}
		return value;
	}

	private Object convert(HandlerMessage message) {
		try {
			return (this.type == String.class) ? text(message) : message.payload(TypeRef.of(this.type));
		}
		catch (StackOverflowError ex) {
			throw new PayloadException("The payload is nested too deeply for " + this.type.getTypeName(), ex);
		}
	}

	private static String text(HandlerMessage message) {
		String json = message.json();
		return (json.stripLeading().startsWith("\"")) ? (String) message.payload(TypeRef.of(String.class)) : json;
	}

	private static String problem(ObjectError error) {
		String field = (error instanceof FieldError of) ? of.getField() + " " : "";
		return field + error.getDefaultMessage();
	}

	private void validate(Message<?> message, @Nullable Object value) {
		if (this.hints == null || this.validator == null || value == null
				|| !this.validator.supports(value.getClass())) {
			return;
		}
		BeanPropertyBindingResult result = new BeanPropertyBindingResult(value,
				Conventions.getVariableNameForParameter(this.parameter));
		if (this.hints.length > 0 && this.validator instanceof SmartValidator smart) {
			smart.validate(value, result, this.hints);
		}
		else {
			this.validator.validate(value, result);
		}
		if (result.hasErrors()) {
			String problems = result.getAllErrors()
				.stream()
				.map(PayloadArgument::problem)
				.collect(Collectors.joining("; "));
			throw new PayloadException("The payload is not valid: " + problems,
					new MethodArgumentNotValidException(message, this.parameter, result));
		}
	}

}
