package io.ikigai.platform.autoconfigure;

import java.lang.annotation.Annotation;
import java.util.Set;

import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.IkigaiTaskListener;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * What {@code spring.main.lazy-initialization} must not put off: nobody asks for the
 * registration of the agent or for beans that listen, they come by themselves.
 */
class EagerPlatformBeans implements LazyInitializationExcludeFilter {

	private static final Set<Class<? extends Annotation>> LISTENERS = Set.of(IkigaiTaskListener.class,
			MailboxListener.class, TopicListener.class);

	@Override
	public boolean isExcluded(String beanName, BeanDefinition beanDefinition, Class<?> beanType) {
		return isOfThePlatform(beanType) || listens(beanType);
	}

	private static boolean isOfThePlatform(Class<?> type) {
		return SmartLifecycle.class.isAssignableFrom(type) && type.getName().startsWith("io.ikigai.platform.");
	}

	private static boolean listens(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, LISTENERS)) {
			return false;
		}
		MethodIntrospector.MetadataLookup<Boolean> listening = (method) -> {
			MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
			return LISTENERS.stream().anyMatch(annotations::isPresent) ? true : null;
		};
		return !MethodIntrospector.selectMethods(type, listening).isEmpty();
	}

}
