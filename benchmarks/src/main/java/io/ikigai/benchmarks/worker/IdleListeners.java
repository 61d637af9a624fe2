package io.ikigai.benchmarks.worker;

import java.util.concurrent.atomic.AtomicInteger;

import io.ikigai.platform.queue.IkigaiTaskListener;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;

/**
 * 300 listeners, each with a queue of its own, on which nothing arrives.
 */
class IdleListeners implements ImportBeanDefinitionRegistrar {

	private static final int LISTENERS = 300;

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		registry.registerBeanDefinition("queueNames", new RootBeanDefinition(QueueNames.class));
		for (int i = 0; i < LISTENERS; i++) {
			registry.registerBeanDefinition("idleListener" + i, new RootBeanDefinition(Listener.class));
		}
	}

	/**
	 * Gives each listener the next name.
	 */
	static class QueueNames {

		private final AtomicInteger last = new AtomicInteger();

		public String next() {
			return "benchmark-idle-" + this.last.incrementAndGet();
		}

	}

	/**
	 * One of them.
	 */
	static class Listener {

		@IkigaiTaskListener("#{@queueNames.next()}")
		void handle(Payload payload) {
			throw new IllegalStateException("Nobody enqueues here");
		}

	}

}
