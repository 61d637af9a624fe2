package io.ikigai.platform.listener;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.ikigai.platform.IkigaiHandler;
import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.queue.IkigaiTaskListener;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.messaging.handler.annotation.SendTo;

/**
 * Finds the methods of a class that is itself a listener.
 */
final class ClassHandlers {

	private ClassHandlers() {
	}

	/**
	 * Finds the methods with {@link IkigaiHandler}.
	 * @param annotation the annotation on the class
	 * @param bean the bean, with its proxies
	 * @param beanName its name
	 * @return the methods, at least one
	 * @throws InvalidListenerException if there is none, or two are for the same
	 */
	static List<Handler> of(MergedAnnotation<?> annotation, Object bean, String beanName) {
		MetadataLookup<IkigaiHandler> lookup = (method) -> AnnotatedElementUtils.findMergedAnnotation(method,
				IkigaiHandler.class);
		Map<Method, IkigaiHandler> methods = MethodIntrospector.selectMethods(AopProxyUtils.ultimateTargetClass(bean),
				lookup);
		if (methods.isEmpty()) {
			throw new InvalidListenerException(
					"@%s on %s (bean '%s') needs methods with @IkigaiHandler, or stands on the method that handles"
						.formatted(annotation.getType().getSimpleName(),
								AopProxyUtils.ultimateTargetClass(bean).getName(), beanName),
					null);
		}
		List<Handler> handlers = new ArrayList<>();
		methods.forEach((method, handles) -> handlers
			.add(ListenerPostProcessor.handler(bean, beanName, method, Set.of(handles.value()))));
		check(handlers);
		return handlers;
	}

	/**
	 * Refuses methods with {@link IkigaiHandler} in a class that does not listen: they
	 * would never be called.
	 * @param type the class
	 * @param beanName the name of the bean
	 */
	static void refuseUncalled(Class<?> type, String beanName) {
		if (AnnotatedElementUtils.hasAnnotation(type, IkigaiTaskListener.class)
				|| AnnotatedElementUtils.hasAnnotation(type, MailboxListener.class)
				|| !AnnotationUtils.isCandidateClass(type, IkigaiHandler.class)) {
			return;
		}
		MethodIntrospector
			.selectMethods(type, (Method method) -> AnnotatedElementUtils.hasAnnotation(method, IkigaiHandler.class))
			.stream()
			.findFirst()
			.ifPresent((method) -> {
				throw new InvalidListenerException(
						"The method %s.%s (bean '%s') has @IkigaiHandler, which needs @IkigaiTaskListener or @MailboxListener on the class: it would never be called"
							.formatted(type.getName(), method.getName(), beanName),
						null);
			});
	}

	private static void check(List<Handler> handlers) {
		Map<String, Handler> byType = new HashMap<>();
		Handler forOthers = null;
		for (Handler handler : handlers) {
			if (AnnotatedElementUtils.hasAnnotation(handler.method(), SendTo.class)) {
				throw handler.refuse("has @SendTo, which of a class that listens stands on the class");
			}
			if (handler.types().isEmpty()) {
				if (forOthers != null) {
					throw handler.refuse("is for all other types, as is " + forOthers.method().getName()
							+ ": give one of them the types that it handles");
				}
				forOthers = handler;
			}
			for (String type : handler.types()) {
				Handler other = byType.put(type, handler);
				if (other != null) {
					throw handler.refuse("is for the type \"%s\", as is %s".formatted(type, other.method().getName()));
				}
			}
		}
	}

}
