import { useState } from 'react';
import { useTranslation } from './i18n';

export function DeleteDialog({ file, folder, onConfirm }) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState('');

  return (
    <dialog open>
      <h2>{`Delete ${file.name} from ${folder.name}?`}</h2>
      <label htmlFor="where">{t('Select where to move the items')}</label>
      <select id="where" value={choice} onChange={(e) => setChoice(e.target.value)}>
        {folder.siblings.map((s) => (
          <option key={s.id} value={s.id}>
            {'Update ' + s.name + ' and set it as the new home'}
          </option>
        ))}
      </select>
      <button type="button" title={`Drop into table ${choice}`} onClick={() => onConfirm(choice)}>
        {t('Delete from folder')}
      </button>
    </dialog>
  );
}
