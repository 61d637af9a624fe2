package io.ikigai.platform.listener;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.util.StringUtils;

/**
 * Reads which transaction a handler asks for itself. The container opens it, so that the
 * completion is part of it; so it must be one that the handler's proxy joins.
 */
final class HandlerTransactions {

	private final BeanFactory beans;

	private final PlatformTransactionManager platform;

	HandlerTransactions(BeanFactory beans, PlatformTransactionManager platform) {
		this.beans = beans;
		this.platform = platform;
	}

	/**
	 * Reads the transaction of a handler.
	 * @param handler the handler
	 * @return the transaction, if the handler is transactional
	 * @throws InvalidListenerException if the container cannot open it
	 */
	@Nullable TransactionAttribute of(Handler handler) {
		// Without this bean nothing in the application is transactional by annotation
		TransactionAttributeSource source = this.beans.getBeanProvider(TransactionAttributeSource.class).getIfUnique();
		TransactionAttribute attribute = (source != null)
				? source.getTransactionAttribute(handler.method(), handler.type()) : null;
		if (attribute == null) {
			return null;
		}
		if (attribute.getPropagationBehavior() != TransactionDefinition.PROPAGATION_REQUIRED) {
			throw handler.refuse(
					"is @Transactional, and its transaction must have the propagation REQUIRED, because what it handles is settled in the same"
							+ " transaction; move the method that needs another one to a bean of its own");
		}
		if (attribute.isReadOnly()) {
			throw handler.refuse(
					"is @Transactional, and its transaction must not be read-only, because what it handles is settled in the same transaction");
		}
		TransactionManager manager = manager(attribute.getQualifier());
		if (manager != null && manager != this.platform) {
			throw handler.refuse(
					"is @Transactional, and its transaction must use the transaction manager of the platform, because what it handles is settled in"
							+ " the same transaction; move the method that needs another one to a bean of its own");
		}
		return attribute;
	}

	private @Nullable TransactionManager manager(@Nullable String qualifier) {
		if (StringUtils.hasText(qualifier)) {
			return BeanFactoryAnnotationUtils.qualifiedBeanOfType(this.beans, TransactionManager.class, qualifier);
		}
		return this.beans.getBeanProvider(TransactionManager.class).getIfUnique();
	}

}
